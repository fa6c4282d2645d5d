import type { ExportStep, ObservedRun } from '../types.ts';
import type { Outcome } from './customer.ts';
import type { ReadExport } from './export.ts';

/** An export and the run that took it. */
export interface Taken {
  readonly step: ExportStep;
  readonly run: ObservedRun;
  /** LastModified in whole seconds, with the number of the key's older versions of that second as milliseconds. */
  readonly uploadTime: number;
}

const SECOND_MS = 1_000;

/** Finds the run of each export; says what has none, or more than one. @param uploads second of every upload so far by name; taken further. */
export function takenBy(
  steps: readonly ExportStep[],
  runs: readonly ObservedRun[],
  uploads: Map<string, number[]>,
): { readonly taken: readonly Taken[]; readonly faults: readonly string[] } {
  const taken: Taken[] = [];
  const faults: string[] = [];
  for (const [name, versions] of Map.groupBy(steps, (step) => step.name)) {
    const runsOfName = runs
      .filter((run) => run.name === name)
      .toSorted((a, b) => a.uploadTime - b.uploadTime || a.versionOrder - b.versionOrder);
    if (runsOfName.length !== versions.length) {
      faults.push(`${name} was uploaded ${versions.length} times and has ${runsOfName.length} runs.`);
    }
    const seconds = uploads.get(name) ?? [];
    uploads.set(name, seconds);
    for (const [index, run] of runsOfName.entries()) {
      const step = versions[index];
      const second = Math.floor(run.uploadTime / SECOND_MS) * SECOND_MS;
      const uploadTime = second + seconds.filter((one) => one === second).length;
      seconds.push(second);
      if (step) taken.push({ step, run, uploadTime });
    }
  }
  const names = new Set(steps.map(({ name }) => name));
  faults.push(
    ...runs.filter(({ name }) => !names.has(name)).map(({ name }) => `${name} has a run and was not uploaded.`),
  );
  return { taken, faults };
}

/** What is wrong with how a run accounts for its rows, whatever their order. */
export function accountFaults({ run }: Taken, read: ReadExport, mayFail: boolean): string[] {
  const { summary, rejected, status } = run;
  if (status !== 'SUCCEEDED' || summary === undefined) return [`ended ${status}.`];
  const faults: string[] = [];
  const expect = (what: string, found: number | boolean, expected: number | boolean): void => {
    if (found !== expected) faults.push(`${what} is ${found}, not ${expected}.`);
  };
  expect('accounted', summary.accounted, true);
  expect('rows', summary.rows, read.rows);
  expect('duplicates', summary.duplicates, read.superseded.size);
  expect('rejected', summary.rejected, rejected.length);
  const { synced, unchanged, stale, deleted = 0 } = summary;
  const outcomes = synced + unchanged + stale + deleted + summary.rejected;
  expect('synced + unchanged + stale + deleted + rejected', outcomes, summary.rows);

  const codes = new Map(rejected.map(({ row, code }) => [row, code]));
  expect('the number of different rejected rows', codes.size, rejected.length);
  for (const [row, code] of read.rejected) {
    if (codes.get(row) !== code) faults.push(`row ${row} must be rejected with ${code}, not ${codes.get(row)}.`);
  }
  for (const [row, code] of codes) {
    const isLost = mayFail && code === 'SERVICE_ERROR' && read.statements.has(row);
    if (!read.rejected.has(row) && !isLost) faults.push(`row ${row} must not be rejected, but was with ${code}.`);
  }
  return faults;
}

/** Rows that a failing service cost. */
export function lostRows({ rejected }: ObservedRun): ReadonlySet<number> {
  return new Set(rejected.filter(({ code }) => code === 'SERVICE_ERROR').map(({ row }) => row));
}

/** Counts that no order of the phase's calls explains. @param allowed outcomes of each row that has one; those of superseded rows are `stale`. */
export function countFaults({ summary }: ObservedRun, allowed: readonly ReadonlySet<Outcome>[]): string[] {
  return (['synced', 'unchanged', 'stale', 'deleted'] as const).flatMap((outcome) => {
    const least = allowed.filter((outcomes) => outcomes.has(outcome) && outcomes.size === 1).length;
    const most = allowed.filter((outcomes) => outcomes.has(outcome)).length;
    const found = summary?.[outcome] ?? 0;
    if (found >= least && found <= most) return [];
    return [`${outcome} is ${found}, not ${least === most ? least : `${least} to ${most}`}.`];
  });
}
