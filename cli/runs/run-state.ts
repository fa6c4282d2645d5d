import { styleText } from 'node:util';
import type { RunStatus } from './list-runs.ts';

type Colour = Parameters<typeof styleText>[0];

const STATES: Readonly<Record<RunStatus, { readonly word: string; readonly colour: Colour }>> = {
  RUNNING: { word: 'running', colour: 'cyan' },
  SUCCEEDED: { word: 'succeeded', colour: 'green' },
  FAILED: { word: 'failed', colour: 'red' },
  TIMED_OUT: { word: 'timed out', colour: 'red' },
  ABORTED: { word: 'stopped', colour: 'yellow' },
};

/** The states of a run in the words of the commands, by Step Functions' own. */
export function stateWord(status: RunStatus): string {
  return STATES[status].word;
}

/** Coloured if the stream is a terminal that has colours. */
export function colouredState(status: RunStatus, stream: NodeJS.WriteStream): string {
  const { word, colour } = STATES[status];
  return styleText(colour, word, { stream });
}

/** As options have it: in one word. */
export const STATE_CHOICES: ReadonlyMap<string, RunStatus> = new Map(
  (Object.keys(STATES) as RunStatus[]).map((status) => [stateWord(status).replace(' ', '-'), status]),
);
