import type { RunLine } from '../../api.ts';
import { type Tone, toneOfRun } from '../run-words.ts';
import { Icon, type IconName } from './icon.tsx';

export const TONE_ICONS: Readonly<Record<Tone, IconName>> = {
  good: 'check',
  bad: 'cross',
  warn: 'pause',
  running: 'ring',
  quiet: 'dash',
};

export function Badge({ tone, word }: { readonly tone: Tone; readonly word: string }) {
  return (
    <span class={`badge ${tone}`}>
      <Icon name={TONE_ICONS[tone]} turns={tone === 'running'} />
      {word}
    </span>
  );
}

export function RunBadge({ run }: { readonly run: Pick<RunLine, 'status' | 'state'> }) {
  return <Badge tone={toneOfRun(run.status)} word={run.state} />;
}
