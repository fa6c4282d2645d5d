import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { StackView } from '../../api.ts';
import { at, ProblemError } from '../client.ts';
import { type Upload, useUpload } from '../use-upload.ts';
import { Icon } from './icon.tsx';
import { Problem } from './problem.tsx';

const ENDINGS = '.csv,.jsonl,.ndjson,.gz,.zst';

/** Where a file is dropped, or chosen by a button. Only one of them is on a page: it takes what is dropped anywhere. */
export function DropZone({
  address,
  stack,
  canInsist = false,
  children,
}: {
  readonly address: (name: string, insists: boolean) => string;
  readonly stack: StackView | undefined;
  /** A file that was refused may be sent all the same; the server decides whether that helps. */
  readonly canInsist?: boolean;
  /** What is to be dropped here. */
  readonly children: ComponentChildren;
}) {
  const { upload, send, forget } = useUpload(address, stack);
  const isOver = useDroppedFile(send);
  const input = useRef<HTMLInputElement>(null);
  const choose = () => {
    const file = input.current?.files?.[0];
    if (file) send(file);
    // So that the same file can be chosen again once it is corrected.
    if (input.current) input.current.value = '';
  };
  return (
    <div class={isOver ? 'drop-zone over' : 'drop-zone'}>
      <Icon name="upload" />
      <div>{children}</div>
      <input ref={input} type="file" accept={ENDINGS} hidden onChange={choose} aria-label="Choose a file" />
      <button type="button" onClick={() => input.current?.click()} disabled={isBusy(upload)}>
        Choose a file
      </button>
      <Progress upload={upload} onForget={forget} onInsist={canInsist ? (file) => send(file, true) : undefined} />
    </div>
  );
}

/** Of an export. */
export function exportAddress(name: string): string {
  return at.exports(name, false);
}

function isBusy(upload: Upload): boolean {
  return upload.is === 'sending' || upload.is === 'starting';
}

function Progress({
  upload,
  onForget,
  onInsist,
}: {
  readonly upload: Upload;
  readonly onForget: () => void;
  readonly onInsist: ((file: File) => void) | undefined;
}) {
  if (upload.is === 'idle') return null;
  if (upload.is === 'refused') {
    return (
      <div class="upload">
        <Problem error={upload.error} />
        <div class="actions">
          {onInsist && upload.error instanceof ProblemError && (
            <button type="button" onClick={() => onInsist(upload.file)}>
              Send it all the same
            </button>
          )}
          <button type="button" class="quiet" onClick={onForget}>
            Close
          </button>
        </div>
      </div>
    );
  }
  return (
    <div class="upload" role="status">
      <span>
        {upload.is === 'sending'
          ? `Uploading ${upload.name} …`
          : `${upload.name} is uploaded. Its run starts in a moment …`}
      </span>
      {upload.is === 'starting' && upload.note && <pre>{upload.note}</pre>}
      <progress max={1} value={upload.is === 'sending' ? upload.share : 1} aria-label="Uploaded" />
      {upload.is === 'sending' && (
        <button type="button" class="quiet" onClick={onForget}>
          Stop the upload
        </button>
      )}
    </div>
  );
}

/** Takes a file that is dropped anywhere on the page; says whether one is held over it. */
function useDroppedFile(send: (file: File) => void): boolean {
  const [isOver, setOver] = useState(false);
  const latest = useRef(send);
  latest.current = send;
  useEffect(() => {
    const holdsFile = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const over = (event: DragEvent) => {
      if (!holdsFile(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      // Of the window, not of a part of the page.
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      if (!holdsFile(event)) return;
      event.preventDefault();
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (file) latest.current(file);
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, []);
  return isOver;
}
