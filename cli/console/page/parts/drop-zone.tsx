import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Upload } from '../use-upload.ts';
import { Problem } from './blocks.tsx';
import { Icon } from './icon.tsx';

/** Takes one file, by drop or by the button. */
export function DropZone(props: {
  readonly title: string;
  readonly hint: ComponentChildren;
  readonly upload: Upload;
  readonly onFile: (file: File) => void;
  /** A file may be dropped anywhere on the page. */
  readonly isWholePage?: boolean;
  readonly children?: ComponentChildren;
}) {
  const { upload, onFile } = props;
  const zone = useRef<HTMLDivElement>(null);
  const isOver = useDrop(props.isWholePage ? undefined : zone, onFile);
  const input = useId();
  const isBusy = upload.is === 'sending' || upload.is === 'starting';
  return (
    <div class={`drop-zone${isOver ? ' over' : ''}${props.isWholePage ? ' page-wide' : ''}`} ref={zone}>
      <Icon name="upload" />
      <div class="drop-words">
        <p class="drop-title">{isOver ? 'Drop it to upload' : props.title}</p>
        <p class="hint">{props.hint}</p>
        {props.children}
      </div>
      <label class={isBusy ? 'button busy' : 'button'} for={input}>
        Choose a file
        <input
          id={input}
          type="file"
          class="file-input"
          disabled={isBusy}
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            if (file) onFile(file);
            // So that the same file can be chosen once more.
            currentTarget.value = '';
          }}
        />
      </label>
      <UploadState upload={upload} />
    </div>
  );
}

function UploadState({ upload }: { readonly upload: Upload }) {
  if (upload.is === 'none') return null;
  if (upload.is === 'refused') return <Problem error={upload.message} />;
  const isSending = upload.is === 'sending';
  return (
    <div class="upload-state">
      <progress aria-label={`Upload of ${upload.name}`} {...(isSending && { value: upload.share })} max={1} />
      <p>
        {isSending
          ? `Uploading ${upload.name}: ${Math.floor(upload.share * 100)} %`
          : `${upload.name} is being checked and uploaded; its page opens when its run starts.`}
      </p>
      {upload.is === 'starting' && upload.note && <p>{upload.note}</p>}
      {upload.is === 'starting' && upload.isSlow && (
        <p>No run has started yet. It may wait for others: the list of runs will have it.</p>
      )}
    </div>
  );
}

/** @param zone undefined: the whole page. @returns whether a file is held over it. */
function useDrop(zone: RefObject<HTMLElement> | undefined, onFile: (file: File) => void): boolean {
  const [depth, setDepth] = useState(0);
  const latest = useRef(onFile);
  latest.current = onFile;
  useEffect(() => {
    const target = zone ? zone.current : window;
    if (!target) return;
    const listeners = new AbortController();
    const { signal } = listeners;
    const on = (type: string, act: (event: DragEvent) => void) => {
      target.addEventListener(type, (event) => event instanceof DragEvent && hasFiles(event) && act(event), { signal });
    };
    on('dragenter', () => setDepth((before) => before + 1));
    on('dragleave', () => setDepth((before) => Math.max(0, before - 1)));
    on('drop', (event) => {
      setDepth(0);
      const file = event.dataTransfer?.files[0];
      if (file) latest.current(file);
    });
    return () => listeners.abort();
  }, [zone]);
  return depth > 0;
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') ?? false;
}
