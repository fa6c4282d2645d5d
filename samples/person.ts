import { base, en, Faker, ja } from '@faker-js/faker';
import { japanesePerson } from './japan.ts';
import { mix, splitMix } from './random.ts';
import { COUNTRIES, westernPerson } from './western.ts';

/** What a made-up person has, before an export writes it down. */
export interface Person {
  readonly firstName: string;
  readonly lastName: string;
  /** '' for names that are not Japanese. */
  readonly nameKana: string;
  /** Both in ASCII; the customer's number goes between them. */
  readonly emailName: string;
  readonly emailDomain: string;
  readonly phone: string;
  readonly mobile: string;
  readonly company: string;
  readonly address1: string;
  readonly address2: string;
  readonly city: string;
  readonly state: string;
  readonly postalCode: string;
  /** ISO 3166. */
  readonly country: string;
  readonly birthDateSeparator: '/' | '-';
  /** ISO 639. */
  readonly language: string;
  readonly note: string;
}

const random = splitMix();
const japanese = new Faker({ locale: [ja, en, base], randomizer: random });
const western = COUNTRIES.map((country) => ({
  country,
  faker: new Faker({ locale: country.locale, randomizer: random }),
}));

/**
 * The same seed gives the same person.
 *
 * @param origin decides only about the country, so that a person with a new seed and the same origin can stand for the
 *   new address or number of somebody.
 */
export function makePerson(origin: number, seed: number): Person {
  const place = mix(origin) % 100;
  let share = 0;
  for (const { country, faker } of western) {
    share += country.weight;
    if (place < share) {
      faker.seed(seed);
      return westernPerson(faker, country);
    }
  }
  japanese.seed(seed);
  return japanesePerson(japanese);
}
