import { makePerson, type Person } from './person.ts';
import { mix } from './random.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;
/**
 * When the first night's export was taken. Safely in the past for any clock: a record from over a day in the future is
 * rejected.
 */
const FIRST_NIGHT = Date.parse('2025-01-06T00:00:00+09:00');
/** Before the first night, customers were last changed within this time. */
const HISTORY_DAYS = 700;
/** Changes of a day happen in its first hours, so that a later record of the same customer falls in the same day. */
const CHANGE_HOURS_MS = 18 * 60 * MINUTE_MS;
/** A repeated record is this much newer or older at most. */
const REPEAT_MINUTES = 300;

const TIERS = ['bronze', 'silver', 'gold', 'platinum'];
const OLDEST_BIRTH_YEAR = 1940;
const BIRTH_YEARS = 66;

/** What decides about every customer of an export. */
export interface Night {
  readonly seed: number;
  /** From 1. */
  readonly night: number;
  /** Per cent of the customers that change from one night to the next. */
  readonly churn: number;
}

export interface Customer {
  readonly key: string;
  readonly person: Person;
  readonly email: string;
  readonly birthDate: string;
  readonly loyaltyTier: string;
  readonly notes: string;
  /** ISO 8601 with an offset. */
  readonly updatedAt: string;
}

/** A customer as of a night: as on the first one, and then changed by each night that the churn picks. */
export function customerOf(number: number, { seed, night, churn }: Night): Customer {
  const first = mix(seed, number);
  let person = makePerson(first, first);
  let tier = mix(first, 1) % (TIERS.length + 2);
  let time = FIRST_NIGHT - DAY_MS - (mix(first, 2) % ((HISTORY_DAYS * DAY_MS) / SECOND_MS)) * SECOND_MS;
  for (let day = 2; day <= night; day += 1) {
    if (!changes(number, day, seed, churn)) continue;
    const change = mix(first, 3, day);
    // The tier always moves, so that a change is never one of nothing.
    tier = (tier + 1) % TIERS.length;
    person = changed(person, makePerson(first, change), change % 3);
    time = FIRST_NIGHT + (day - 2) * DAY_MS + (change % (CHANGE_HOURS_MS / SECOND_MS)) * SECOND_MS;
  }
  return {
    key: `C-${String(number + 1).padStart(7, '0')}`,
    person,
    email: mix(first, 4) % 20 === 0 ? '' : `${person.emailName}${number + 1}@${person.emailDomain}`,
    birthDate: birthDate(mix(first, 5), person.birthDateSeparator),
    loyaltyTier: TIERS[tier] ?? '',
    notes: mix(first, 6) % 7 === 0 ? person.note : '',
    updatedAt: isoTime(time, person),
  };
}

/** The same customer in another row of the same export: newer, of the same time, or older. */
export function repeatedCustomer(customer: Customer, row: number): Customer {
  const choice = mix(row, 7);
  const minutes = (choice % REPEAT_MINUTES) + 1;
  const direction = [1, 1, 0, -1][mix(row, 8) % 4] ?? 0;
  const time = Date.parse(customer.updatedAt) + direction * minutes * MINUTE_MS;
  return {
    ...customer,
    notes: `Contacted again, ticket ${choice % 100_000}`,
    updatedAt: isoTime(time, customer.person),
  };
}

/**
 * Picks the churn's share of the customers to within one, evenly over the export, beginning elsewhere each night:
 * customer n changes where n * share passes a whole number.
 */
function changes(number: number, day: number, seed: number, churn: number): boolean {
  const share = churn / 100;
  const start = (mix(seed, 9, day) % 1_000) / 1_000;
  return Math.floor((number + 1) * share + start) > Math.floor(number * share + start);
}

function changed(person: Person, other: Person, kind: number): Person {
  if (kind === 0) return person;
  if (kind === 1) return { ...person, mobile: other.mobile };
  const { phone, address1, address2, city, state, postalCode } = other;
  return { ...person, phone, address1, address2, city, state, postalCode };
}

function birthDate(random: number, separator: string): string {
  const day = new Date(Date.UTC(OLDEST_BIRTH_YEAR + (random % BIRTH_YEARS), 0, 1 + (mix(random) % 365)));
  return day.toISOString().slice(0, 10).replaceAll('-', separator);
}

const JAPAN_OFFSET_MS = 9 * 60 * MINUTE_MS;

function isoTime(time: number, { country }: Person): string {
  if (country !== 'JP') return new Date(time).toISOString().replace('.000Z', 'Z');
  return new Date(time + JAPAN_OFFSET_MS).toISOString().replace('.000Z', '+09:00');
}
