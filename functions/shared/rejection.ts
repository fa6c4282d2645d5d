/** Why a record is `rejected`. The code is part of the contract with users; the reason says it in words. */
export const REJECT_CODES = {
  MISSING_KEY: 'The customer key is empty.',
  MISSING_VALUE: 'A field that the mapping requires is empty.',
  TOO_LONG: 'A value is longer than the service allows for its field.',
  RAGGED_ROW: 'The row has another number of fields than the header.',
  NOT_JSON: 'The line is not one JSON object.',
  NOT_SCALAR: 'A mapped JSON value is an array or an object.',
  BAD_UPDATED_AT: 'The updatedAt value is empty, unreadable or over a day in the future.',
  BAD_VERSION: 'The _version of a corrected row is not the one that the rejected file had.',
  OBJECT_TOO_LARGE: 'The profile object is larger than the service allows.',
  REFUSED: 'Customer Profiles refused the record (BadRequest).',
  SERVICE_ERROR: 'The service failed on this record again and again while it accepted others.',
} as const;

export type RejectCode = keyof typeof REJECT_CODES;

/** A record that can't be synced: a value, not an exception, so that one bad row never stops a chunk. */
export interface Rejection {
  readonly code: RejectCode;
  /** Goes into rejected files only; may name columns and limits, and for REFUSED holds the service's words. */
  readonly reason: string;
}
