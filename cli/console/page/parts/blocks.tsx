import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { localTime } from '../../../output/words.ts';
import { messageOf } from '../client.ts';
import { Icon } from './icon.tsx';

/** A part of a page under its own heading. */
export function Panel(props: {
  readonly title: string;
  /** Beside the heading. */
  readonly aside?: ComponentChildren;
  readonly tone?: string;
  readonly children: ComponentChildren;
}) {
  const title = useId();
  return (
    <section class={`panel ${props.tone ?? ''}`} aria-labelledby={title}>
      <div class="panel-head">
        <h2 id={title}>{props.title}</h2>
        {props.aside}
      </div>
      {props.children}
    </section>
  );
}

export function Empty({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** What went wrong, with what to do. */
export function Problem({ error }: { readonly error: unknown }) {
  return <ProblemText text={typeof error === 'string' ? error : messageOf(error)} />;
}

function ProblemText({ text }: { readonly text: string }) {
  return (
    <div class="problem" role="alert">
      <Icon name="alert" />
      <p>{text}</p>
    </div>
  );
}

/** While the first answer is awaited; says nothing at once, as most answers come before it could be read. */
export function Loading() {
  return <p class="loading">Loading …</p>;
}

/** In the browser's time zone, which the foot of the page names. */
export function Time({ at }: { readonly at: number | string }) {
  return <time dateTime={new Date(at).toISOString()}>{localTime(at)}</time>;
}

/** Names and values. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
