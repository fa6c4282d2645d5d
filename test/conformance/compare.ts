import type { Json } from '../../local/states/json.ts';
import type { Case, RecordedEvent } from './case.ts';
import type { Executed } from './execute.ts';
import { type Bindings, type Difference, firstOf, match } from './match.ts';

/** The first difference between a run and its recording, in all that the recording lets be compared. */
export function compare(
  { expected, restated, historyOrder, historyLost }: Case,
  { end, history }: Executed,
): Difference | undefined {
  const bindings: Bindings = new Map();
  const status = match(expected.status, end.status, 'status', bindings);
  if (status || (restated !== undefined && restated.comparable !== 'full')) return status;
  const lost = historyLost?.events ?? 0;
  return firstOf([
    () => ended('error', expected.error, end.error, bindings),
    () => ended('cause', expected.cause, end.cause, bindings),
    () => {
      if (expected.output === undefined) return undefined;
      return match(expected.output, end.output === undefined ? undefined : JSON.parse(end.output), 'output', bindings);
    },
    () => expected.history && compareHistory(expected.history, history, historyOrder ?? 'exact', lost, bindings),
    () => (expected.counts && historyOrder !== 'parallel-sorted' ? compareCounts(expected.counts, history) : undefined),
  ]);
}

/** Null: the field was absent; undefined: nobody looked. */
function ended(name: string, expected: Json | undefined, actual: string | undefined, bindings: Bindings) {
  if (expected === undefined) return undefined;
  if (expected === null) return actual === undefined ? undefined : { path: name, expected, actual };
  return match(expected, actual, name, bindings);
}

function compareHistory(
  expected: readonly RecordedEvent[],
  actual: readonly RecordedEvent[],
  order: NonNullable<Case['historyOrder']>,
  lost: number,
  bindings: Bindings,
): Difference | undefined {
  if (order === 'concurrent') return compareLinks(expected, actual, bindings);
  if (order === 'parallel-sorted') return compareSorted(expected, actual, lost, bindings);
  const checks = expected.map(
    (event, i) => () => compareEvent(event, actual[i], `history[${i}]`, bindings, { after: expected.slice(0, i) }),
  );
  return firstOf([...checks, () => sameLength(expected.length, actual.length)]);
}

/** Events with an id stand at their place; the others are somewhere, in any order; what is left over are the lost ones. */
function compareSorted(
  expected: readonly RecordedEvent[],
  actual: readonly RecordedEvent[],
  lost: number,
  bindings: Bindings,
): Difference | undefined {
  const placed = expected.filter(({ id }) => id !== null);
  const left = actual.filter(({ id }) => !placed.some((event) => event.id === id));
  return firstOf([
    ...placed.map(
      (event) => () => compareEvent(event, actual[Number(event.id) - 1], `history(id ${event.id})`, bindings),
    ),
    ...expected
      .filter(({ id }) => id === null)
      .map((event) => () => {
        const found = left.findIndex((candidate) => !compareEvent(event, candidate, '', bindings, { links: false }));
        if (found < 0) return { path: 'history(sorted part)', expected: event, actual: left };
        left.splice(found, 1);
        return undefined;
      }),
    () => sameLength(lost, left.filter(({ type }) => type.startsWith('ParallelState')).length),
    () => sameLength(lost, left.length),
  ]);
}

/** What a Map or Parallel writes when its last branch ends: which branch that is, is chance. */
const ENDS = /^(Map|Parallel)State(Succeeded|Failed|Exited)$/;

/** Each expected event is there once, behind an event like the one that it was recorded behind. */
function compareLinks(
  expected: readonly RecordedEvent[],
  actual: readonly RecordedEvent[],
  bindings: Bindings,
): Difference | undefined {
  const left = [...actual];
  const before = (events: readonly RecordedEvent[], { prev }: RecordedEvent) => events.find(({ id }) => id === prev);
  const checks = expected.map((event, i) => () => {
    const found = left.findIndex((candidate) => {
      if (compareEvent(event, candidate, '', new Map(bindings), { links: false })) return false;
      const [was, is] = [before(expected, event), before(actual, candidate)];
      return ENDS.test(event.type) || !was || !compareEvent(was, is, '', new Map(bindings), { links: false });
    });
    if (found < 0) return { path: `history[${i}]`, expected: event, actual: left };
    left.splice(found, 1);
    return undefined;
  });
  return firstOf([...checks, () => sameLength(expected.length, actual.length)]);
}

function compareEvent(
  expected: RecordedEvent,
  actual: RecordedEvent | undefined,
  path: string,
  bindings: Bindings,
  { links = true, after = [] as readonly RecordedEvent[] } = {},
): Difference | undefined {
  if (actual === undefined) return { path, expected, actual };
  const { id, prev, ...details } = expected;
  const { id: actualId, prev: actualPrev, ...actualDetails } = actual;
  // Recordings disagree about what follows a Map Run.
  const skipsPrev = expected.type === 'MapStateExited' && after.slice(-3).some(({ type }) => type.startsWith('MapRun'));
  return firstOf([
    () => match(details.type, actual.type, `${path}.type`, bindings),
    () => match(details as unknown as Json, actualDetails as unknown as Json, path, bindings),
    () => (links ? match(id, actualId, `${path}.id`, bindings) : undefined),
    () => (links && !skipsPrev ? match(prev, actualPrev, `${path}.prev`, bindings) : undefined),
  ]);
}

function compareCounts(expected: Readonly<Record<string, number>>, history: readonly RecordedEvent[]) {
  const counts: Record<string, number> = {};
  for (const { type } of history) counts[type] = (counts[type] ?? 0) + 1;
  return match(expected, counts, 'counts', new Map());
}

function sameLength(expected: number, actual: number): Difference | undefined {
  return expected === actual ? undefined : { path: 'history.length', expected, actual };
}
