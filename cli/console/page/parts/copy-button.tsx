import { useState } from 'preact/hooks';
import { announce } from '../announce.ts';
import { Icon } from './icon.tsx';

/** @param props.what it is, for the button's name. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    announce(`Copied: ${what}.`);
    setTimeout(() => setCopied(false), 1_500);
  };
  return (
    <button type="button" class="quiet small" onClick={copy} aria-label={`Copy ${what}`} title={`Copy ${what}`}>
      <Icon name={isCopied ? 'good' : 'copy'} />
    </button>
  );
}

/** A line for the terminal. */
export function CommandText({ text }: { readonly text: string }) {
  return (
    <span class="command">
      <code>{text}</code>
      <CopyButton text={text} what="the command" />
    </span>
  );
}
