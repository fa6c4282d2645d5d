import type { EventStep, ObservedDeadLetter } from '../types.ts';
import type { ReadEvent } from './event.ts';

export interface Delivered {
  readonly step: EventStep;
  readonly read: ReadEvent;
}

/** What is wrong with the dead letters of a phase. @param mayRepeat faults may leave a letter there more than once. */
export function deadLetterFaults(
  delivered: readonly Delivered[],
  letters: readonly ObservedDeadLetter[],
  mayFail: boolean,
  mayRepeat: boolean,
): string[] {
  const faults: string[] = [];
  const lettersOf = Map.groupBy(letters, ({ detail }) => canonical(detail));
  const events = Map.groupBy(delivered, ({ step }) => canonical(step.detail));
  for (const [detail, sent] of events) {
    const expected = sent.flatMap(({ read }) => ('code' in read ? [read.code] : []));
    const found = (lettersOf.get(detail) ?? []).map(({ code }) => code ?? 'no code');
    for (const code of new Set([...expected, ...found])) {
      const least = count(expected, code);
      const isLost = mayFail && code === 'SERVICE_ERROR' && expected.length < sent.length;
      const most = isLost || (mayRepeat && least > 0) ? Number.POSITIVE_INFINITY : least;
      const letters = count(found, code);
      if (letters < least || letters > most) {
        faults.push(`${letters} dead letters with ${code}, not ${least}, of the event ${detail.slice(0, 200)}.`);
      }
    }
  }
  for (const [detail, found] of lettersOf) {
    if (!events.has(detail))
      faults.push(`${found.length} dead letters of no event of this phase: ${detail.slice(0, 200)}.`);
  }
  return faults;
}

/** The events of which a failing service cost at least one delivery. */
export function lostDetails(letters: readonly ObservedDeadLetter[]): ReadonlySet<string> {
  return new Set(letters.filter(({ code }) => code === 'SERVICE_ERROR').map(({ detail }) => canonical(detail)));
}

/** JSON text that does not depend on who wrote it. */
export function canonical(detail: string): string {
  return JSON.stringify(JSON.parse(detail));
}

function count(codes: readonly string[], code: string): number {
  return codes.filter((one) => one === code).length;
}
