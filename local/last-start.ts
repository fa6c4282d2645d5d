import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from './customer-profiles/settings.ts';
import type { Context } from './synth.ts';

/** With what a stack was hosted: on AWS, too, what was deployed last stays until somebody deploys something else. */
export interface Start {
  readonly context: Context;
  readonly settings: Partial<Settings>;
}

const FILE = 'last-start.json';

export function noteStart(directory: string, { context, settings }: Start): void {
  const unfinished = join(directory, `${FILE}.${process.pid}`);
  writeFileSync(unfinished, JSON.stringify({ context, settings }));
  renameSync(unfinished, join(directory, FILE));
}

/** What the last host in this state directory was started with, except where `insistsOn` names what is wanted now. */
export function asLastTime(directory: string, wanted: Start, insistsOn: readonly string[]): Start {
  const last = lastStart(directory);
  if (!last) return wanted;
  const wantedNow = (values: object) => Object.entries(values).filter(([name]) => insistsOn.includes(name));
  return {
    context: { ...last.context, ...Object.fromEntries(wantedNow(wanted.context)) },
    settings: { ...last.settings, ...Object.fromEntries(wantedNow(wanted.settings)) },
  };
}

function lastStart(directory: string): Start | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, FILE), 'utf8')) as Start;
  } catch {
    // No stack was hosted here before.
    return undefined;
  }
}
