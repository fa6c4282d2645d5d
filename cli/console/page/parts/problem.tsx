import { messageOf } from '../client.ts';
import { shortTime } from '../times.ts';
import type { Polled } from '../use-polled.ts';
import { Icon } from './icon.tsx';

/** Something went wrong, in the server's words. */
export function Problem({ error }: { readonly error: unknown }) {
  return (
    <p class="problem" role="alert">
      <Icon name="bad" />
      <span>{messageOf(error)}</span>
    </p>
  );
}

/** Of what is polled: what went wrong, and of when what is shown still is. Nothing while all is well. */
export function NotUpToDate({ of: { error, value, goodAt } }: { readonly of: Polled<unknown> }) {
  if (error === undefined) return null;
  return (
    <>
      <Problem error={error} />
      {value !== undefined && goodAt !== undefined && <p class="muted">Not up to date since {shortTime(goodAt)}.</p>}
    </>
  );
}

export function Loading({ what }: { readonly what: string }) {
  return (
    <p class="muted loading" role="status">
      Reading {what} …
    </p>
  );
}
