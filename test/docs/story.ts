import { createHash } from 'node:crypto';
import type { Called } from '../helpers/command-line.ts';

/** One step of a transcript: a call, or what somebody else does meanwhile. */
export type Step = { readonly call: string; readonly called: Called } | { readonly remark: string };

/** What differs from one time to another, and what stands for it. */
const VOLATILE: readonly (readonly [RegExp, string | ((...parts: string[]) => string)])[] = [
  // Progress comes every few seconds, so how many lines there are depends on the machine: one stands for all.
  [/^(?:.* of .* rows: .*|.* of .* MB.*)$(?:\n(?:.* of .* rows: .*|.* of .* MB.*)$)*/gm, (lines) => lines.split('\n').at(-1) ?? ''],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'YYYY-MM-DD hh:mm:ss'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z/g, 'YYYY-MM-DDThh:mm:ssZ'],
  [/\b[0-9a-f]{32}\b/g, '…'],
  [/\(version \S+\)/g, '(version …)'],
];

/** The transcript as a block of Markdown. */
export function transcript(steps: readonly Step[]): string {
  return ['```console', ...steps.map(blockOf), '```'].join('\n');
}

function blockOf(step: Step): string {
  if ('remark' in step) return `# ${step.remark}\n`;
  const { call, called } = step;
  const output = `${called.stdout}${called.stderr}`.trimEnd();
  const code = called.code === 0 ? '' : `\n(exit code ${called.code})`;
  return `$ npx profile-sync ${call}\n${masked(output)}${code}\n`;
}

function masked(text: string): string {
  return VOLATILE.reduce(
    (sum, [pattern, by]) => (typeof by === 'string' ? sum.replace(pattern, by) : sum.replace(pattern, by)),
    text,
  );
}

/** Run names that stay the same from one time to another: the first run has always the same one. */
export function stableRunNames(text: string): string {
  const names = new Map<string, string>();
  const stable = (name: string): string => {
    const short = name.slice(0, 8);
    if (!names.has(short)) names.set(short, createHash('sha256').update(`run ${names.size}`).digest('hex').slice(0, 8));
    return names.get(short) ?? '';
  };
  return text
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(_[0-9a-f-]{36})?/g, (name) => `${stable(name)}-…`)
    .replace(/\b[0-9a-f]{8}\b/g, (name) => names.get(name) ?? name);
}
