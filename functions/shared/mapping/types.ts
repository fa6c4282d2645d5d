import type { Encoding } from '../contracts.ts';
import type { Rejection } from '../rejection.ts';

export type ContentType = 'STRING' | 'NUMBER' | 'PHONE_NUMBER' | 'EMAIL_ADDRESS' | 'NAME';

/** What happens to a trimmed value before it is sent; a value that can't be normalised is sent as it is and counted. */
export type Normalization = 'phone' | 'email' | 'date';

/** UTF-16 always has its mark. */
export type MappedEncoding = Exclude<Encoding, 'utf-16le' | 'utf-16be'>;

/** One field of the profile object. */
export interface FieldDefinition {
  /** The field's name in the profile object and in the object type. */
  readonly name: string;
  /** The column (CSV) or property (JSON Lines) it comes from. */
  readonly column: string;
  /** Where it goes in the standard profile, e.g. `_profile.FirstName`; without it the field stays in the object. */
  readonly target?: string;
  readonly contentType?: ContentType;
  readonly required?: boolean;
  readonly normalize?: Normalization;
  /** Key that agents search by, e.g. `_email`, `_phone`, or a name of its own. */
  readonly searchKey?: string;
  /** A record that empties the field empties the target in the profile, too: UpdateProfile does, PutProfileObject never. */
  readonly clearWhenEmpty?: boolean;
}

/** Which records say that their customer was deleted, and what is deleted then. */
export interface DeletesDefinition {
  /** The column (CSV) or property (JSON Lines) that marks a record; it need not be that of a field. */
  readonly column: string;
  /** Its values, trimmed, that mark a record. */
  readonly values: readonly string[];
  /** `object`: the customer's profile object of this system; `profile`: the whole profile. */
  readonly action: 'object' | 'profile';
  /** The guard: a run whose export marks more records, or a larger share of its rows, deletes nothing until that is approved. */
  readonly maxCount: number;
  /** From 0 to 1. */
  readonly maxShare: number;
}

/** What a mapping file says, checked and with its defaults filled in; docs/mapping.md explains each property. */
export interface MappingDefinition {
  readonly $schema?: string;
  readonly objectType: { readonly name: string; readonly description: string; readonly expirationDays: number };
  readonly exports: {
    /** `full`: every customer in one file; `changes`: some of them. */
    readonly contains: 'full' | 'changes';
    /** Where the object key says when the data was taken: tokens {yyyy} {MM} {dd} {HH} {mm} {ss}. */
    readonly timeInKey?: { readonly pattern: string; readonly timeZone: string };
    /** CSV only; found from the header if absent. */
    readonly delimiter?: ',' | ';' | '\t' | '|';
    /** Of exports without a byte order mark; UTF-8 if absent. */
    readonly encoding?: MappedEncoding;
  };
  /** Other names of columns, by the name that the mapping has for each: a record has one of them. */
  readonly aliases?: Readonly<Record<string, readonly string[]>>;
  readonly customerKey: { readonly field: string; readonly keyName: string };
  readonly updatedAt?: {
    readonly column: string;
    readonly format?: 'iso' | 'epochSeconds' | 'epochMilliseconds';
    /** For ISO times without an offset. */
    readonly timeZone?: string;
  };
  /** Absent: no record deletes anything. */
  readonly deletes?: DeletesDefinition;
  /** Default region of phone numbers without a country code, e.g. `JP`. */
  readonly phoneRegion?: string;
  readonly fields: readonly FieldDefinition[];
}

/** The two things about a record that the ledger needs, read without normalising the rest. */
export type Identity =
  | {
      readonly ok: true;
      readonly customerKey: string /** Epoch ms; absent without `updatedAt`. */;
      readonly sourceTime?: number;
    }
  | { readonly ok: false; readonly rejection: Rejection };

export type MappedObject =
  | {
      readonly ok: true;
      /** JSON text of the profile object, without empty fields. */
      readonly object: string;
      /** Indexes (in `definition.fields`) of the fields that hold a value. */
      readonly filled: readonly number[];
      readonly notNormalized: number;
    }
  | { readonly ok: false; readonly rejection: Rejection };

/** A mapping ready for use. `values` is always one raw value per entry of `columns`. */
export interface Mapping {
  readonly definition: MappingDefinition;
  /**
   * Of the effective definition (fields, normalisation rules, keys, columns, what is required, `updatedAt`), not of the
   * file's text: a run that was split with another one must not go on.
   */
  readonly hash: string;
  /** The columns that the mapping reads, each once: those of the fields in order, then `updatedAt`'s, then that of `deletes`. */
  readonly columns: readonly string[];
  /** Of each of `columns`, all names that it may have in an export or event: its own first. */
  readonly columnNames: readonly (readonly string[])[];
  /** Index in `columns`. */
  readonly keyColumn: number;
  readonly updatedAtColumn: number | undefined;
  readonly deletesColumn: number | undefined;
  /** The customer key as it is mapped; undefined if there is none. */
  customerKey(raw: string): string | undefined;
  /** Epoch ms of an `updatedAt` value; undefined if it is empty or unreadable. */
  sourceTime(raw: string): number | undefined;
  /** Whether a value of the `deletes` column marks its record as deleted. */
  marksDeleted(raw: string): boolean;
  /** Whether a record says that its customer was deleted. */
  isDeleted(values: readonly string[]): boolean;
  /** A record that is marked as deleted needs no more than its key and `updatedAt`. Rejects with MISSING_KEY, TOO_LONG (key), MISSING_VALUE, BAD_UPDATED_AT (also over a day after `now`). */
  identify(values: readonly string[], now: number): Identity;
  /** Of a record that `identify` took and that is not marked as deleted. Rejects with TOO_LONG, OBJECT_TOO_LARGE. */
  toObject(values: readonly string[]): MappedObject;
  /**
   * Hash of the raw values of the fields and of how they are mapped; the `updatedAt` column takes part only if a field
   * reads it too. What does not change the profile object (order of the fields, names of columns, what is required) does
   * not change it. All records that are marked as deleted have one fingerprint, which says what is deleted.
   */
  fingerprint(values: readonly string[]): string;
}
