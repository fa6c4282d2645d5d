import type { Failure } from './errors.ts';
import { type Exit, leave, loadExit } from './exit.ts';
import type { Fields } from './fields.ts';
import { payloadOf } from './json.ts';
import { loadErrorEquals, matchesError } from './retry.ts';
import type { Loading, Outcome } from './state.ts';
import type { Visit } from './visit.ts';

/** One entry of a state's Catch. */
export interface Catcher {
  readonly errorEquals: readonly string[];
  readonly exit: Exit;
}

export function loadCatchers(fields: Fields, loading: Loading): readonly Catcher[] {
  const list = fields.list('Catch') ?? [];
  return list.map((entry, i) => {
    entry.string('Comment');
    if (!entry.has('Next')) entry.fault('Next', 'is required');
    const catcher = {
      errorEquals: loadErrorEquals(entry, i === list.length - 1),
      exit: loadExit(entry, loading),
    };
    entry.finish();
    return catcher;
  });
}

/** Leaves the state by the first catcher that matches; undefined if none does. */
export async function tryCatch(
  catchers: readonly Catcher[],
  visit: Visit,
  failure: Failure,
): Promise<Outcome | undefined> {
  const catcher = catchers.find(({ errorEquals }) => matchesError(errorEquals, failure.error));
  if (catcher === undefined) return undefined;
  const errorOutput = { Error: failure.error ?? '', Cause: failure.cause ?? '' };
  return leave(catcher.exit, visit, { errorOutput }, payloadOf(errorOutput));
}
