/** Why a record is `rejected`. The code is part of the contract with users; the reason says it in words. */
export const REJECT_CODES = {
  MISSING_KEY: 'The customer key is empty.',
  MISSING_VALUE: 'A field that the mapping requires is empty.',
  TOO_LONG: 'A value is longer than the service allows for its field.',
  RAGGED_ROW: 'The row has another number of fields than the header.',
  NOT_JSON: 'The line is not one JSON object.',
  NOT_SCALAR: 'A mapped JSON value is an array or an object.',
  TWO_NAMES: 'The record has two names of one column.',
  BAD_UPDATED_AT: 'The updatedAt value is empty, unreadable or over a day in the future.',
  BAD_VERSION: 'The _version of a corrected row is not the one that the rejected file had.',
  OBJECT_TOO_LARGE: 'The profile object is larger than the service allows.',
  REFUSED: 'Customer Profiles refused the record (BadRequest).',
  SERVICE_ERROR: 'The service failed on this record again and again while it accepted others.',
  LATE_ERROR:
    'Customer Profiles accepted the record and failed on it afterwards, also after it was sent again three times.',
  DELETE_NOT_APPROVED: 'The export marks more rows as deleted than the mapping allows in one run; none was deleted.',
  DELETE_AMBIGUOUS: 'It can not be told which profile is that of the deleted customer alone.',
  DELETE_BY_EVENT: 'The live event is marked as deleted; only exports delete.',
  INVALID_EVENT: 'The live event has not the form of docs/live-events.md.',
} as const;

export type RejectCode = keyof typeof REJECT_CODES;

/**
 * What helps a rejected record. Rows that are corrected go back by uploading the rejected file as it is, live events by
 * sending them again.
 */
export const REJECT_REMEDIES: Readonly<Record<RejectCode, string>> = {
  MISSING_KEY: 'Fill the key in, or leave the row out: without it no profile can be found.',
  MISSING_VALUE: 'Fill the field in, or let the mapping no longer require it.',
  TOO_LONG: 'Shorten the value; the reason says how much is allowed.',
  RAGGED_ROW: 'Quote the field that holds the delimiter or a newline, or add the missing fields.',
  NOT_JSON: 'Correct the line, which stands whole in _line, and put it back as a record.',
  NOT_SCALAR: 'Map a property of its own, or let the CRM write text, a number or true/false.',
  TWO_NAMES: 'Let the CRM write one of them, or take one out of the aliases of the mapping.',
  BAD_UPDATED_AT: 'Let the CRM write the time as the mapping says; the reason shows the form.',
  BAD_VERSION: 'Take the _version of the rejected file over unchanged, or leave it empty if the row is new data.',
  OBJECT_TOO_LARGE: 'Leave long texts out of the mapping.',
  REFUSED: "Correct the row by the service's words in the reason; it is not sent again until it changes.",
  SERVICE_ERROR:
    'Nothing: the next run, or the rejected file uploaded again, tries it once more. A live event: move it back to the live queue.',
  LATE_ERROR:
    "Correct the row, the mapping or the object type by the service's words in the reason; the same content is not sent again, except by a resync.",
  DELETE_NOT_APPROVED:
    'If these customers really were deleted, approve the run (profile-sync approve RUN); else correct the export and upload it again.',
  DELETE_AMBIGUOUS:
    'Look at the profiles with this customer key (profile-sync explain KEY) and delete by hand what is to go.',
  DELETE_BY_EVENT:
    'Let the next export delete the customer; send the event without the mark if the customer is not deleted.',
  INVALID_EVENT: 'Let the CRM write events by mappings/live-event.schema.json; correct this one and send it again.',
};

/** A record that can't be synced: a value, not an exception, so that one bad row never stops a chunk. */
export interface Rejection {
  readonly code: RejectCode;
  /** Goes into rejected files and dead letters only; may name columns and limits, and for REFUSED holds the service's words. */
  readonly reason: string;
}
