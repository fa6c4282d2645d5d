import { InvalidArgumentError } from 'commander';
import { readAsOf } from '../../functions/split-export/export-time.ts';

/** For the value of `--as-of`; gives the text as it goes into the object's metadata. */
export function asOfTime(text: string): string {
  if (readAsOf(text) !== undefined) return text;
  throw new InvalidArgumentError('It must be an ISO 8601 time with an offset, such as 2026-11-03T02:00:00+09:00.');
}
