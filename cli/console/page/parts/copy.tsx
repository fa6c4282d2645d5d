import { useState } from 'preact/hooks';
import { announce } from '../announce.ts';
import { Icon } from './icon.tsx';

const SHOWN_MS = 1_500;

function useCopy(text: string): readonly [isCopied: boolean, copy: () => void] {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    announce('Copied.');
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN_MS);
  };
  return [isCopied, copy];
}

/** @param what names it, such as `run name`. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [isCopied, copy] = useCopy(text);
  return (
    <button type="button" class="quiet-button" onClick={copy}>
      <Icon name={isCopied ? 'check' : 'copy'} />
      {isCopied ? 'Copied' : `Copy ${what}`}
    </button>
  );
}

/** A line for a terminal. */
export function Command({ text }: { readonly text: string }) {
  const [isCopied, copy] = useCopy(text);
  return (
    <span class="command">
      <code>{text}</code>
      <button type="button" class="icon-button" aria-label={`Copy ${text}`} onClick={copy}>
        <Icon name={isCopied ? 'check' : 'copy'} />
      </button>
    </span>
  );
}
