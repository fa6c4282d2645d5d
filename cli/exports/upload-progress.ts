import { Presets, SingleBar } from 'cli-progress';

const PLAIN_LINE_EVERY_MS = 5_000;

export interface UploadProgress {
  show(bytes: number): void;
  end(): void;
}

/** A bar on a terminal; elsewhere a line every few seconds, for logs. */
export function createUploadProgress(options: {
  readonly stream: NodeJS.WriteStream;
  /** Of the whole file. */
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}): UploadProgress {
  const { stream, bytes, now } = options;
  const startedAt = now();
  const status = (sent: number): string => uploadStatus(sent, bytes, (now() - startedAt) / 1_000);
  return stream.isTTY ? bar(stream, bytes, status) : plainLines(stream, now, status);
}

/** Megabytes, megabytes per second and the time left. */
export function uploadStatus(sent: number, bytes: number, seconds: number): string {
  const of = `${megabytes(sent)} of ${megabytes(bytes)} MB`;
  if (seconds <= 0 || sent === 0) return of;
  const perSecond = sent / seconds;
  return `${of}, ${megabytes(perSecond)} MB/s, about ${Math.ceil((bytes - sent) / perSecond).toLocaleString('en-US')} s left`;
}

/** `12.3 MB`, or `4 kB` of a small file. */
export function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${megabytes(bytes)} MB`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toLocaleString('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

function bar(stream: NodeJS.WriteStream, bytes: number, status: (sent: number) => string): UploadProgress {
  const line = new SingleBar(
    { stream, hideCursor: true, barsize: 30, format: '{bar} {status}' },
    Presets.shades_classic,
  );
  line.start(bytes, 0, { status: status(0) });
  return { show: (sent) => line.update(sent, { status: status(sent) }), end: () => line.stop() };
}

function plainLines(stream: NodeJS.WriteStream, now: () => number, status: (sent: number) => string): UploadProgress {
  let lastAt = now();
  return {
    show(sent) {
      if (now() - lastAt < PLAIN_LINE_EVERY_MS) return;
      lastAt = now();
      stream.write(`${status(sent)}\n`);
    },
    end: () => undefined,
  };
}
