import { ApiError } from '../json-protocol.ts';
import type { Params } from './params.ts';

/** Items of one answer when maxResults is absent or 0, and at most. Both from the service model (PageSize). */
const DEFAULT_PAGE = 100;
const MAX_PAGE = 1000;

/** Which part of a list a request asks for. */
export interface PageRequest {
  readonly size: number;
  /** The position of the last row of the page before. */
  readonly after: number | undefined;
}

/** Reads maxResults and nextToken. */
export function pageRequest(params: Params): PageRequest {
  const size = params.integer('maxResults', 0, MAX_PAGE) || DEFAULT_PAGE;
  const token = params.string('nextToken');
  if (token === undefined) return { size, after: undefined };
  const after = Number(Buffer.from(token, 'base64url').toString('latin1') || Number.NaN);
  if (!Number.isInteger(after))
    throw new ApiError('InvalidToken', 'Invalid Token: nextToken is not one that this service gave out.');
  return { size, after };
}

/**
 * One page and, if there is more, the token of the next.
 *
 * @param rows one row more than the page holds, if there are so many.
 * @param positionOf what the next page starts behind.
 */
export function page<T>(rows: readonly T[], { size }: PageRequest, positionOf: (row: T) => number) {
  const items = rows.slice(0, size);
  const last = items.at(-1);
  if (rows.length <= size || last === undefined) return { items };
  return { items, nextToken: Buffer.from(String(positionOf(last)), 'latin1').toString('base64url') };
}
