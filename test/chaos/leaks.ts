import type { Difference, Scenario, SearchedText } from './types.ts';

/** Begins every made-up text; with the letters behind it, it stands for all that is a customer's. */
export const MARK_PREFIX = 'zq7';
const MARK = new RegExp(`${MARK_PREFIX}[a-z]{6}`, 'gi');
/** Japanese mobile numbers in the forms that scenarios write. */
const PHONE = /(?:\+81[ -]?|0)[789]0[ -]?\d{4}[ -]?\d{4}/g;
const EXCERPT_CHARACTERS = 60;

/**
 * The places in which generated customer data stands: a mark of the scenario in any case, or the digits of a phone number that it
 * has. Random ids hold what only looks like one.
 */
export function leaks(scenario: Scenario, phase: number, texts: Iterable<SearchedText>): Difference[] {
  const written = writtenTexts(scenario);
  const known = new Set(written.flatMap(marksIn).map(({ mark }) => mark));
  const numbers = phoneNumbers(written);
  const differences: Difference[] = [];
  for (const { place, text } of texts) {
    const marks = marksIn(text).flatMap(({ mark, index }) => (known.has(mark) ? [index] : []));
    const phones = [...text.matchAll(/\d(?:[ -]?\d){9,}/g)]
      .filter(([digits]) => includesAny(digits.replaceAll(/[ -]/g, ''), numbers))
      .map(({ index }) => index);
    const [first] = [...marks, ...phones];
    if (first === undefined) continue;
    const excerpt = text.slice(Math.max(0, first - EXCERPT_CHARACTERS), first + EXCERPT_CHARACTERS);
    differences.push({ phase, what: `customer data in ${place}: …${excerpt}…` });
  }
  return differences;
}

const NATIONAL_DIGITS = 10;

/** What the exports and events of a scenario say. */
function writtenTexts({ phases }: Scenario): string[] {
  return phases.flatMap(({ steps }) =>
    steps.map((step) => (step.kind === 'export' ? step.content : step.kind === 'event' ? step.detail : '')),
  );
}

function marksIn(text: string): { readonly mark: string; readonly index: number }[] {
  return [...text.matchAll(MARK)].map(({ 0: mark, index }) => ({ mark: mark.toLowerCase(), index }));
}

/** Without the country code or the leading 0. */
function phoneNumbers(texts: readonly string[]): ReadonlySet<string> {
  const numbers = texts.flatMap((text) => text.match(PHONE) ?? []);
  return new Set(numbers.map((number) => number.replaceAll(/\D/g, '').slice(-NATIONAL_DIGITS)));
}

function includesAny(digits: string, numbers: ReadonlySet<string>): boolean {
  for (let at = 0; at + NATIONAL_DIGITS <= digits.length; at++) {
    if (numbers.has(digits.slice(at, at + NATIONAL_DIGITS))) return true;
  }
  return false;
}
