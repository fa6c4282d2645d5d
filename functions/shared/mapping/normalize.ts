import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { utcTime } from './calendar.ts';
import type { Normalization } from './types.ts';

/** Takes a trimmed, non-empty value; undefined if it can't be normalised, and then it is sent as it is and counted. */
export type Normalizer = (value: string) => string | undefined;

/** Raise it when a rule below gives other results than before: fingerprints hold it, so the records are sent again. */
export const NORMALIZATION_RULES = 1;

/** @param phoneRegion for phone numbers without a country code; without it only those with one are normalised. */
export function normalizer(normalization: Normalization, phoneRegion?: CountryCode): Normalizer {
  switch (normalization) {
    case 'phone':
      return (value) => e164(value, phoneRegion);
    case 'email':
      return lowerCaseEmail;
    case 'date':
      return isoDate;
  }
}

/**
 * E.164, or undefined for a number that is not valid, has an extension (E.164 would drop it), or has words around it.
 *
 * Uses the full metadata: the library's default set takes many foreign numbers for local ones of the default region
 * (`0033 1 99 00 12 34` in Japan becomes `+81 0033…`), and a wrong number is worse than one as it was.
 */
function e164(value: string, phoneRegion: CountryCode | undefined): string | undefined {
  const number = parsePhoneNumberFromString(value, {
    extract: false,
    ...(phoneRegion && { defaultCountry: phoneRegion }),
  });
  return number?.isValid() && !number.ext ? number.number : undefined;
}

const EMAIL = /^[^\s@]+@[^\s@]+$/;

function lowerCaseEmail(value: string): string | undefined {
  return EMAIL.test(value) ? value.toLowerCase() : undefined;
}

/** Year first, so that day and month can't be mixed up; a time of day after it is dropped. */
const DATE = /^(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))(?:[T ]\d{2}:\d{2}.*)?$/;

function isoDate(value: string): string | undefined {
  const found = DATE.exec(value);
  if (found === null) return undefined;
  const year = Number(found[1]);
  const month = Number(found[3] ?? found[5] ?? found[7]);
  const day = Number(found[4] ?? found[6] ?? found[8]);
  const time = utcTime({ year, month, day });
  return time === undefined ? undefined : `${found[1]}-${twoDigits(month)}-${twoDigits(day)}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
