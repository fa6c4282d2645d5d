import type { Fence } from './entry.ts';
import { isTombstone } from './tombstone.ts';

/**
 * Milliseconds that other content for the same key waits after the last call's answer or time-out: the service queues
 * what it accepts and documents no order.
 */
export const SPACING_MS = 3_000;

/**
 * The same between a deletion and other content. What was accepted must be where a search finds it: an object that comes into
 * its profile after the search stays. And a profile that goes must not take what was sent again with it. The service documents
 * no time; in general it is seconds.
 */
export const DELETE_SPACING_MS = 20_000;

/** A fence has the spacing of its own content. */
export function lockedByFence({ fingerprint, until }: Fence, other: string): number {
  return until + spacing(fingerprint, other) - spacing(fingerprint);
}

/** Milliseconds between the calls of these contents. */
export function spacing(...fingerprints: readonly string[]): number {
  return fingerprints.some(isTombstone) ? DELETE_SPACING_MS : SPACING_MS;
}

/** A fence of this content that does not end before one that it has. */
export function fenced(fence: Fence | undefined, fingerprint: string, until: number): Fence {
  return { fingerprint, until: Math.max(until, fence?.fingerprint === fingerprint ? fence.until : 0) };
}
