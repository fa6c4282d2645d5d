import { MARK_PREFIX } from '../leaks.ts';
import type { MappedField } from '../oracle/mapping.ts';
import type { Random } from '../random.ts';

/** Stands for customer data, so that it is found wherever it should not be. */
export function mark(random: Random): string {
  return `${MARK_PREFIX}${random.letters(6)}`;
}

/** A raw value as a CRM may write it. */
export function rawValue({ normalize, column }: MappedField, random: Random): string {
  if (normalize === 'phone') return random.pick(PHONES)(random);
  if (normalize === 'email') return random.pick(EMAILS)(mark(random), random);
  if (normalize === 'date') return random.pick(DATES)(random);
  return random.pick(TEXTS_OF[column] ?? TEXTS)(mark(random), random);
}

type Text = (mark: string, random: Random) => string;

const TEXTS: readonly Text[] = [
  (text) => text,
  (text) => text,
  (text, random) => `${text} ${random.letters(4)}`,
  (text) => ` ${text}  `,
  (text) => `${text} 髙橋 𠮷田 🦊`,
  (text) => `${text}, Inc.; a|b\tc`,
  (text) => `${text} "the one"`,
  (text) => `"${text}" first`,
  (text) => `${text} 5" pipe`,
  (text) => `${text}\nsecond line\r\nthird`,
  (text) => `=${text}+1`,
  (text) => `<b>${text}</b> \\n 'x' {"a":1}`,
  (text) => text.padEnd(255, 'é'),
];

/** Columns that would hold numbers or truth values in JSON. */
const TEXTS_OF: Readonly<Record<string, readonly Text[]>> = {
  loyalty_tier: [(_text, random) => String(random.int(1, 9)), (text) => text],
  postal_code: [(_text, random) => `1${random.digits(6)}`],
  notes: [...TEXTS, () => 'true', (text) => text.padEnd(1_000, '語')],
};

const EMAILS: readonly Text[] = [
  (text) => `${text}@example.com`,
  (text) => `${text.toUpperCase()}@Example.COM`,
  (text) => ` ${text}@example.jp`,
  (text) => `${text} has none`,
];

type Shape = (random: Random) => string;

/** Subscriber numbers begin with a digit that every mobile prefix has. */
function subscriber(random: Random): [string, string] {
  return [`${random.int(2, 9)}${random.digits(3)}`, random.digits(4)];
}

const PHONES: readonly Shape[] = [
  (random) => `${mobile(random)}-${subscriber(random).join('-')}`,
  (random) => `${mobile(random)}${subscriber(random).join('')}`,
  (random) => `+81 ${mobile(random).slice(1)} ${subscriber(random).join(' ')}`,
  (random) => `+81${mobile(random).slice(1)}${subscriber(random).join('')}`,
  (random) => `${mobile(random)}-${subscriber(random).join('-')} ext. 12`,
  (random) => `ask ${mark(random)}`,
];

function mobile(random: Random): string {
  return random.pick(['070', '080', '090']);
}

const DATES: readonly Shape[] = [
  (random) => `${year(random)}-0${random.int(1, 9)}-1${random.int(0, 9)}`,
  (random) => `${year(random)}/${random.int(1, 12)}/${random.int(1, 28)}`,
  (random) => `${year(random)}.0${random.int(1, 9)}.2${random.int(0, 8)}`,
  (random) => `${year(random)}0${random.int(1, 9)}1${random.int(0, 9)}`,
  (random) => `${year(random)}年${random.int(1, 12)}月${random.int(1, 28)}日`,
  (random) => `${year(random)}-0${random.int(1, 9)}-1${random.int(0, 9)} 00:00:00`,
  (random) => `0${random.int(1, 9)}/1${random.int(0, 9)}/${year(random)}`,
];

function year(random: Random): number {
  return random.int(1930, 2010);
}

const TOKYO_MS = 9 * 60 * 60 * 1_000;

/** An instant in one of the ways to write it. */
export function written(time: number, random: Random): string {
  const utc = new Date(time).toISOString();
  const tokyo = new Date(time + TOKYO_MS).toISOString();
  const seconds = (iso: string): string => iso.slice(0, 19);
  return time % 1_000 === 0
    ? random.pick([`${seconds(utc)}Z`, `${seconds(tokyo)}+09:00`, `${seconds(utc).replace('T', ' ')}Z`])
    : random.pick([utc, tokyo.replace('Z', '+09:00')]);
}
