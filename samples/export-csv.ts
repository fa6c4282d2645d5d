import { type Customer, customerOf, type Night, repeatedCustomer } from './customer.ts';
import { mix } from './random.ts';

/** The columns of mappings/customer.json, and one that it does not read. */
const COLUMNS = [
  'customer_id',
  'first_name',
  'last_name',
  'name_kana',
  'email',
  'phone',
  'mobile',
  'company',
  'address_1',
  'address_2',
  'city',
  'state',
  'postal_code',
  'country',
  'birth_date',
  'language',
  'loyalty_tier',
  'store',
  'notes',
  'updated_at',
];

/** Rows are made in blocks: each has one bad row and two repeated customers, so that every 2,000 rows have all kinds. */
const BLOCK_ROWS = 200;
/** In front of the first repeated customer there must be some to repeat. */
const FIRST_REPEAT = 10;
/** A repeated customer is either any earlier one or one of this many before. */
const NEAR_CUSTOMERS = 5;
/** Customers of bad rows have numbers of their own, far beyond the others. */
const FIRST_BAD_CUSTOMER = 900_000_000;

type Fields = readonly string[];

/** One way each in which the mapping rejects a row; `fields` are those of a good one. */
const BAD_ROWS: readonly ((fields: Fields) => Fields)[] = [
  (fields) => withColumn(fields, 'customer_id', ''),
  (fields) => withColumn(fields, 'address_1', 'Long Street '.repeat(30).trim()),
  (fields) => fields.slice(0, -2),
  (fields) => [...fields.slice(0, 8), 'a comma without quotes', ...fields.slice(8)],
  (fields) => withColumn(fields, 'updated_at', 'last week'),
  (fields) => withColumn(fields, 'last_name', ' '),
];

export interface ExportOptions extends Night {
  /** Of all kinds, without the header. */
  readonly rows: number;
}

/** The text of a CSV export, block by block; memory does not grow with the rows. The same options give the same text. */
export function* exportCsv({ rows, ...night }: ExportOptions): Generator<string> {
  yield line(COLUMNS);
  let customers = 0;
  for (let start = 0; start < rows; start += BLOCK_ROWS) {
    const block = start / BLOCK_ROWS;
    const places = placesOf(block, night.seed);
    let text = '';
    for (let place = 0; place < BLOCK_ROWS && start + place < rows; place += 1) {
      if (place === places.bad) {
        text += line(badRow(block, night));
      } else if (place === places.nearRepeat || place === places.farRepeat) {
        const choice = mix(night.seed, 10, start + place);
        const back = (choice % (place === places.nearRepeat ? Math.min(NEAR_CUSTOMERS, customers) : customers)) + 1;
        text += line(fieldsOf(repeatedCustomer(customerOf(customers - back, night), start + place)));
      } else {
        text += line(fieldsOf(customerOf(customers, night)));
        customers += 1;
      }
    }
    yield text;
  }
}

function placesOf(block: number, seed: number): { bad: number; nearRepeat: number; farRepeat: number } {
  const third = Math.floor((BLOCK_ROWS - FIRST_REPEAT) / 3);
  const [bad = 0, nearRepeat = 0, farRepeat = 0] = [0, 1, 2].map(
    (part) => FIRST_REPEAT + part * third + (mix(seed, 11, block, part) % third),
  );
  return { bad, nearRepeat, farRepeat };
}

function badRow(block: number, night: Night): Fields {
  const spoil = BAD_ROWS[block % BAD_ROWS.length] ?? ((fields: Fields) => fields);
  return spoil(fieldsOf(customerOf(FIRST_BAD_CUSTOMER + block, { ...night, night: 1 })));
}

function fieldsOf({ key, person, email, birthDate, loyaltyTier, notes, updatedAt }: Customer): Fields {
  return [
    key,
    person.firstName,
    person.lastName,
    person.nameKana,
    email,
    person.phone,
    person.mobile,
    person.company,
    person.address1,
    person.address2,
    person.city,
    person.state,
    person.postalCode,
    person.country,
    birthDate,
    person.language,
    loyaltyTier,
    `store-${mix(Number(key.slice(2))) % 40}`,
    notes,
    updatedAt,
  ];
}

function withColumn(fields: Fields, column: string, value: string): Fields {
  return fields.with(COLUMNS.indexOf(column), value);
}

function line(fields: Fields): string {
  return `${fields.map(quoted).join(',')}\n`;
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
