import { createHash } from 'node:crypto';
import type { Called } from '../helpers/command-line.ts';

/** One step of a transcript: a call of the program, or what somebody does meanwhile. */
export type Step =
  | {
      /** As it is typed, behind the program's name. */
      readonly call: string;
      readonly called: Called;
      /** Whether lines of progress come for certain. */
      readonly shows?: 'progress';
    }
  | { readonly remark: string };

const PROGRESS = /^[\d,]+ of ([\d,]+) rows: chunks [\d,]+ of ([\d,]+) done,.*$/gm;

/** What differs from one time to another, and what stands for it. */
const VOLATILE: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'YYYY-MM-DD hh:mm:ss'],
  [/\b[0-9a-f]{32}\b/g, '…'],
  [/\(version \S+\)/g, '(version …)'],
  [/in [\d.]+ s to s3/g, 'in … s to s3'],
  [/^( {2}calls +)\d.*\n( {2}retries +)\d.*\n( {2}seconds +)\d.*$/gm, '$1…\n$2…\n$3…'],
  [/^( {2}used +about \$)[\d.]+/gm, '$1…'],
  [/^( {2}of \d+ chunks: ).*$/gm, '$1…'],
  [/^ {2}[\d,]+( of [\d,]+ rows have no outcome yet)/gm, '  …$1'],
  // For a few seconds after a call.
  [/^ {2}fence .*\n/gm, ''],
  // The last columns of a table of runs: calls, duration, calls/s.
  [/ +[\d,]+ {2}(?:\d+ min )?\d+ s +[\d,.]+$/gm, '  …'],
  [/ +calls +duration +calls\/s$/gm, '  calls  duration  calls/s'],
];

/** The transcript as a block of Markdown. @param folder where the files of the calls are. */
export function transcript(steps: readonly Step[], folder: string): string {
  const text = steps.map(blockOf).join('\n\n');
  const home = text.replaceAll(`${folder}/state-of-commands`, '.local').replaceAll(`${folder}/`, '');
  return ['```console', stableRunNames(home), '```'].join('\n');
}

function blockOf(step: Step): string {
  if ('remark' in step) return `# ${step.remark}`;
  const { call, called, shows } = step;
  const output = withProgress(`${called.stdout}${called.stderr}`.trimEnd(), shows === 'progress');
  const code = called.code === 0 ? '' : `\n# (exit code ${called.code})`;
  return `$ npx profile-sync ${call}\n${VOLATILE.reduce((sum, [pattern, by]) => sum.replace(pattern, by), output)}${code}`;
}

/** A line comes every few seconds, so how many there are, and what they say, depends on the machine: one stands for all. */
function withProgress(output: string, isShown: boolean): string {
  if (!isShown) return output.replaceAll(new RegExp(`${PROGRESS.source}\\n`, 'gm'), '');
  const lines = output.replace(PROGRESS, '… of $1 rows: chunks … of $2 done, …').split('\n');
  return lines.filter((line, index) => line !== lines[index - 1]).join('\n');
}

/** Names of runs that are the same at any time: the first run always has the same one. */
function stableRunNames(text: string): string {
  const names = new Map<string, string>();
  const stable = (name: string): string => {
    const short = name.slice(0, 8);
    if (!names.has(short)) names.set(short, createHash('sha256').update(`run ${names.size}`).digest('hex').slice(0, 8));
    return names.get(short) ?? '';
  };
  const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
  // A call may name a run that no answer names in full; eight zeros are a run that there is not.
  return text.replace(new RegExp(`\\b(?:${uuid}_${uuid}|(?!0{8})[0-9a-f]{8})\\b`, 'g'), (name) =>
    name.length > 8 ? `${stable(name)}-…` : stable(name),
  );
}
