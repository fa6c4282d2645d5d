import { isAway, messageOf } from '../client.ts';
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

/** Of a part of the page that is polled: what went wrong. That nobody answers is said once for the whole page. */
export function NotUpToDate({ of }: { readonly of: Polled<unknown> }) {
  return of.error === undefined || isAway(of.error) ? null : <Trouble of={of} />;
}

/** Nobody answers: what is shown stays, with the time when it last held. */
export function Away({ of }: { readonly of: Polled<unknown> }) {
  return isAway(of.error) ? <Trouble of={of} /> : null;
}

function Trouble({ of: { error, value, goodAt } }: { readonly of: Polled<unknown> }) {
  return (
    <p class="problem" role="alert">
      <Icon name="bad" />
      <span>
        {messageOf(error)}
        {value !== undefined && goodAt !== undefined && ` Not up to date since ${shortTime(goodAt)}.`}
      </span>
    </p>
  );
}

export function Loading({ what }: { readonly what: string }) {
  return (
    <p class="muted loading" role="status">
      Reading {what} …
    </p>
  );
}
