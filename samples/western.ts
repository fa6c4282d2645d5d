import { base, de, en, en_GB, en_US, type Faker, fr, type LocaleDefinition } from '@faker-js/faker';
import type { Person } from './person.ts';

export interface Country {
  readonly code: string;
  readonly language: string;
  readonly locale: LocaleDefinition[];
  /** Ranges that regulators keep for films and examples (# is a digit); libphonenumber knows most, not all, as valid. */
  readonly phone: readonly string[];
  readonly mobile: readonly string[];
  /** How many of a hundred customers. */
  readonly weight: number;
}

export const COUNTRIES: readonly Country[] = [
  {
    code: 'US',
    language: 'en',
    locale: [en_US, en, base],
    phone: ['+1 212-555-01##', '+1 (415) 555-01##', '+1 312-555-01## x###'],
    mobile: ['+1 646-555-01##', '+1 503-555-01##'],
    weight: 16,
  },
  {
    code: 'GB',
    language: 'en',
    locale: [en_GB, en, base],
    phone: ['+44 20 7946 0###', '+44 161 496 0###'],
    mobile: ['+44 7700 900###'],
    weight: 10,
  },
  {
    code: 'DE',
    language: 'de',
    locale: [de, en, base],
    phone: ['+49 30 23125 ###', '+49 89 99998 ###'],
    mobile: ['+49 171 39200##', '+49 176 040690##'],
    weight: 7,
  },
  {
    code: 'FR',
    language: 'fr',
    locale: [fr, en, base],
    phone: ['+33 1 99 00 ## ##', '+33 4 65 71 ## ##'],
    mobile: ['+33 6 39 98 ## ##'],
    weight: 7,
  },
];

const NOTES = [
  'Prefers to be called "Mac", after 6 p.m.',
  'Invoice by post,\nreceipt by e-mail.',
  'VIP; see contract, annex 2',
  'Moved in spring.\nAddress confirmed.\n"Leave parcels with the neighbour."',
];

export function westernPerson(faker: Faker, country: Country): Person {
  const { arrayElement, maybe, replaceSymbols } = faker.helpers;
  const firstName = faker.person.firstName();
  const lastName = faker.person.lastName();
  return {
    firstName,
    lastName,
    nameKana: '',
    emailName: ascii(`${firstName}.${lastName}`),
    emailDomain: arrayElement(['example.com', 'example.org', 'Example.net']),
    phone: maybe(() => replaceSymbols(arrayElement(country.phone)), { probability: 0.6 }) ?? '',
    mobile: maybe(() => replaceSymbols(arrayElement(country.mobile)), { probability: 0.8 }) ?? '',
    company: maybe(() => faker.company.name(), { probability: 0.4 }) ?? '',
    address1: faker.location.streetAddress(),
    address2: maybe(() => faker.location.secondaryAddress(), { probability: 0.3 }) ?? '',
    city: faker.location.city(),
    state: faker.location.state(),
    postalCode: faker.location.zipCode(),
    country: country.code,
    birthDateSeparator: '-',
    language: country.language,
    note: arrayElement(NOTES),
  };
}

/** E-mail addresses in plain letters, whatever the name has. */
function ascii(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^A-Za-z.]/g, '')
    .toLowerCase();
}
