import { useEffect, useRef, useState } from 'preact/hooks';
import type { StackView, StartedView, UploadedView } from '../api.ts';
import { announce } from './announce.ts';
import { at, get, postFile } from './client.ts';
import { linkTo } from './route.ts';

export type Upload =
  | { readonly is: 'idle' }
  | { readonly is: 'sending'; readonly name: string; readonly share: number }
  /** The file is there; its run has not started yet. */
  | { readonly is: 'starting'; readonly name: string; readonly note?: string | undefined }
  | { readonly is: 'refused'; readonly file: File; readonly error: unknown };

const LOOK_AGAIN_MS = 500;
const GIVE_UP_MS = 120_000;

/**
 * Uploads one file at a time, and goes to the page of the run that it starts.
 *
 * @param address of the upload of a file of this name; `insists`: although it was refused.
 */
export function useUpload(
  address: (name: string, insists: boolean) => string,
  stack: StackView | undefined,
): { readonly upload: Upload; readonly send: (file: File, insists?: boolean) => void; readonly forget: () => void } {
  const [upload, setUpload] = useState<Upload>({ is: 'idle' });
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  async function send(file: File, insists = false): Promise<void> {
    const { name } = file;
    running.current?.abort();
    const aborter = new AbortController();
    running.current = aborter;
    const { signal } = aborter;
    const tell = (state: Upload) => {
      if (!signal.aborted) setUpload(state);
    };
    try {
      if (stack && file.size > stack.maxExportBytes) {
        throw new FileTooLarge(
          `${name} has ${gigabytes(file.size)}; one run reads up to ${gigabytes(stack.maxExportBytes)}. Split it into several files, each with the header line.`,
        );
      }
      tell({ is: 'sending', name, share: 0 });
      const uploaded = await postFile<UploadedView>(address(name, insists), file, {
        onProgress: (share) => tell({ is: 'sending', name, share }),
        signal,
      });
      tell({ is: 'starting', name, note: uploaded.note });
      announce(`${name} is uploaded. Its run starts in a moment.`);
      const runId = uploaded.runId ?? (await startedRun(uploaded, signal));
      if (signal.aborted) return;
      tell({ is: 'idle' });
      location.hash = linkTo({ page: 'run', runId });
    } catch (error) {
      tell({ is: 'refused', file, error });
    }
  }

  return {
    upload,
    send,
    forget: () => {
      running.current?.abort();
      setUpload({ is: 'idle' });
    },
  };
}

/** The page refused it itself. */
export class FileTooLarge extends Error {
  override readonly name = 'FileTooLarge';
}

/** The page's own patience ended. */
export class NoRunStarted extends Error {
  override readonly name = 'NoRunStarted';
}

async function startedRun({ key, versionId, startedAt }: UploadedView, signal: AbortSignal): Promise<string> {
  const giveUpAt = Date.now() + GIVE_UP_MS;
  while (Date.now() < giveUpAt) {
    const { runId } = await get<StartedView>(at.started(key, versionId, startedAt), signal);
    if (runId !== undefined) return runId;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
  throw new NoRunStarted(
    `The upload of ${key} started no run within two minutes. Is the rule on the export bucket enabled?`,
  );
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
