import type { MappedField } from './mapping.ts';

const JAPAN = '+81';

/** What a raw value becomes in the profile; '' if nothing is left of it. Knows only the forms that the scenarios write. */
export function profileValue({ normalize }: MappedField, raw: string): string {
  const value = raw.trim();
  if (normalize === 'phone') return phone(value);
  if (normalize === 'email') return /^[^\s@]+@[^\s@]+$/.test(value) ? value.toLowerCase() : value;
  if (normalize === 'date') return date(value);
  return value;
}

/** Japanese mobile numbers; all else, such as a number with an extension, stays as it is. */
function phone(value: string): string {
  if (!/^[+\d][\d -]+$/.test(value)) return value;
  const national = value.replaceAll(/[ -]/g, '').replace(/^(\+81|0)/, '');
  return /^[789]0\d{8}$/.test(national) ? `${JAPAN}${national}` : value;
}

function date(value: string): string {
  const found =
    /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})( 00:00:00)?$/.exec(value)?.toSpliced(2, 1) ??
    /^(\d{4})年(\d{1,2})月(\d{1,2})日$/.exec(value) ??
    /^(\d{4})(\d{2})(\d{2})$/.exec(value);
  if (!found) return value;
  const [, year, month = '', day = ''] = found;
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

const TIME = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{3}))?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** Epoch milliseconds of an ISO 8601 time with an offset; undefined if it is none, or none that counts. */
export function instant(text: string): number | undefined {
  const found = TIME.exec(text.trim());
  if (!found) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0] = found
    .slice(1, 8)
    .map((part) => Number(part ?? 0));
  const local = new Date(Date.UTC(year, month - 1, day, hour, minute, second, ms));
  // `Date` moves the 30th of February on to March.
  if (local.getUTCDate() !== day || local.getUTCMonth() !== month - 1) return undefined;
  const offset = (Number(found[9] ?? 0) * 60 + Number(found[10] ?? 0)) * 60_000;
  const time = local.getTime() - (found[8] === '-' ? -offset : offset);
  return time < 0 ? undefined : time;
}

const DAY_MS = 24 * 60 * 60 * 1_000;

export function isFarInFuture(time: number): boolean {
  return time > Date.now() + DAY_MS;
}
