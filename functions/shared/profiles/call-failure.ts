import { httpStatus, isBrokenConnection, isTransient } from '../transient.ts';

/** The service's model has the first; the second is in the list of errors that all AWS APIs share. */
const REFUSALS = new Set(['BadRequestException', 'ValidationException']);

/** What an error of a call to Customer Profiles says about it. */
export type CallFailure =
  /** Over the rate: surely not taken, as the next three. */
  | { readonly kind: 'throttled' }
  | { readonly kind: 'denied' }
  | { readonly kind: 'missing' }
  /** The service finds fault with the request; its words may quote it. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The service broke. `open`: there was no answer, so the call may still arrive; else it was answered with an error. */
  | { readonly kind: 'failed'; readonly open: boolean }
  | { readonly kind: 'unknown' };

/** By name as well as by status: the service model says 429 for throttling, the list of common errors says 400. */
export function failureOf(error: Error): CallFailure {
  const status = httpStatus(error);
  if (status === 429 || error.name === 'ThrottlingException') return { kind: 'throttled' };
  if (status === 403 || error.name === 'AccessDeniedException') return { kind: 'denied' };
  if (status === 404 || error.name === 'ResourceNotFoundException') return { kind: 'missing' };
  if (isTransient(error)) {
    const neverConnected = isBrokenConnection(error) && 'code' in error && error.code === 'ECONNREFUSED';
    return { kind: 'failed', open: status === undefined && !neverConnected };
  }
  if (REFUSALS.has(error.name) || status === 413) return { kind: 'refused', reason: error.message };
  return { kind: 'unknown' };
}
