import { useEffect, useRef, useState } from 'preact/hooks';
import type { StartedView, UploadedView } from '../api.ts';
import { announce } from './announce.ts';
import { at, get, messageOf, OWN_CALL, problemMessage } from './client.ts';
import { size } from './run-words.ts';

export type Upload =
  | { readonly is: 'none' }
  | { readonly is: 'sending'; readonly name: string; readonly share: number }
  /** All bytes are there; the file is checked, or its run has not begun yet. */
  | { readonly is: 'starting'; readonly name: string; readonly note?: string | undefined; readonly isSlow: boolean }
  | { readonly is: 'refused'; readonly message: string };

const ASK_EVERY_MS = 500;
/** A run begins a few seconds after its upload. */
const SLOW_AFTER_MS = 30_000;

/**
 * Sends a file and waits for the run that it starts.
 *
 * @param options.address where a file of this name goes.
 */
export function useUpload(options: {
  readonly address: (name: string) => string;
  readonly maxBytes: number;
  readonly onStarted: (runId: string) => void;
}): readonly [upload: Upload, send: (file: File) => void] {
  const [upload, setUpload] = useState<Upload>({ is: 'none' });
  const gone = useRef(new AbortController());
  useEffect(() => () => gone.current.abort(), []);

  async function send(file: File): Promise<void> {
    const { name } = file;
    const { signal } = gone.current;
    try {
      if (file.size > options.maxBytes) throw new Refusal(tooLarge(file, options.maxBytes));
      setUpload({ is: 'sending', name, share: 0 });
      announce(`Uploading ${name}.`);
      const uploaded = await sendBytes(options.address(name), file, signal, (share) => {
        setUpload(share < 1 ? { is: 'sending', name, share } : { is: 'starting', name, isSlow: false });
      });
      announce(`${name} is uploaded. Its run starts.`);
      setUpload({ is: 'starting', name, note: uploaded.note, isSlow: false });
      const runId = uploaded.runId ?? (await runOf(uploaded, signal, () => setUpload({ is: 'starting', name, note: uploaded.note, isSlow: true })));
      options.onStarted(runId);
    } catch (error) {
      if (signal.aborted) return;
      setUpload({ is: 'refused', message: error instanceof Refusal ? error.message : messageOf(error) });
    }
  }
  return [upload, send];
}

class Refusal extends Error {
  override readonly name = 'Refusal';
}

function tooLarge(file: File, maxBytes: number): string {
  return `${file.name} has ${size(file.size)}; a run reads ${size(maxBytes)} at most. Split it into several files, each with the header line.`;
}

/** By XMLHttpRequest: fetch does not tell how far an upload is. */
function sendBytes(
  address: string,
  file: File,
  signal: AbortSignal,
  tell: (share: number) => void,
): Promise<UploadedView> {
  const request = new XMLHttpRequest();
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => request.abort());
    request.upload.addEventListener('progress', ({ loaded, total }) => tell(total > 0 ? loaded / total : 1));
    request.addEventListener('load', () => {
      if (request.status === 200) resolve(JSON.parse(request.responseText));
      else reject(new Refusal(problemMessage(request.responseText, request.status)));
    });
    request.addEventListener('error', () => reject(new TypeError('no answer')));
    request.addEventListener('abort', () => reject(signal.reason));
    request.open('POST', address);
    for (const [name, value] of Object.entries(OWN_CALL)) request.setRequestHeader(name, value);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.send(file);
  });
}

async function runOf(
  { key, versionId, startedAt }: UploadedView,
  signal: AbortSignal,
  tellSlow: () => void,
): Promise<string> {
  const slow = setTimeout(tellSlow, SLOW_AFTER_MS);
  try {
    while (true) {
      const { runId } = await get<StartedView>(at.started(key, versionId, startedAt), signal);
      if (runId !== undefined) return runId;
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
      signal.throwIfAborted();
    }
  } finally {
    clearTimeout(slow);
  }
}
