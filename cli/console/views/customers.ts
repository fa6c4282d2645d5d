import type { Mapping } from '../../../functions/shared/mapping/types.ts';
import { type Explanation, mappedKey, readExplanation } from '../../customer/explanation.ts';
import { findProfilesBy } from '../../customer/found-profiles.ts';
import { verdictOf } from '../../customer/verdict.ts';
import type { CustomerView } from '../api.ts';
import type { Host } from '../host.ts';
import { textIn } from '../query.ts';
import { searchesFor } from '../search-keys.ts';

/** Of these the rejected rows are searched, as `explain` does. */
const RUNS_SEARCHED = 10;

export async function customerView({ stack }: Host, query: URLSearchParams): Promise<CustomerView> {
  const text = textIn(query, 'search').trim();
  const mapping = stack.mapping();
  const explanation = await readExplanation(stack, mappedKey(text, mapping), RUNS_SEARCHED);
  const verdict = verdictOf(explanation, stack.call);
  return {
    explanation,
    verdict,
    history: historyOf(explanation),
    candidates: verdict.isUnknown ? await findCandidates({ stack }, mapping, text) : [],
  };
}

async function findCandidates(
  { stack }: Pick<Host, 'stack'>,
  mapping: Mapping,
  text: string,
): Promise<CustomerView['candidates']> {
  const found = new Map<string, CustomerView['candidates'][number]>();
  for (const { keyName, words, value } of searchesFor(text, mapping)) {
    for (const { profileId, objects } of await findProfilesBy(stack, mapping, keyName, value)) {
      // Of a profile without an object of this system nobody knows a customer key.
      for (const { customerKey } of objects.length > 0 ? objects : [{ customerKey: undefined }]) {
        found.set(`${profileId} ${customerKey}`, { customerKey, profileId, foundBy: words });
      }
    }
  }
  return [...found.values()];
}

type Happened = CustomerView['history'][number];

/** What is known of a customer with its time, newest first. */
function historyOf({ ledger, rejected, lateErrors }: Explanation): Happened[] {
  const { known, refusal } = ledger ?? {};
  const sent: Happened[] = known
    ? [{ at: Date.parse(known.sentAt), what: 'Sent, and accepted.', runId: known.runId, isTrouble: false }]
    : [];
  const rows = rejected.map(({ runId, startedAt, row, code, reason }) => ({
    at: Date.parse(startedAt),
    what: `Row ${row} was rejected: ${code}, ${reason}`,
    runId,
    isTrouble: true,
  }));
  const isListed = rejected.some(({ runId }) => runId === refusal?.runId);
  const late = lateErrors.map(({ sentAt, reason, givenUp }) => ({
    at: Date.parse(sentAt),
    what: `The service accepted it and failed on it afterwards: ${reason}${givenUp ? ' It was given up.' : ''}`,
    isTrouble: true,
  }));
  const refused: Happened[] =
    refusal && !isListed && known
      ? [
          {
            at: Date.parse(known.sentAt),
            what: `The service refused another content: ${refusal.reason}`,
            isTrouble: true,
          },
        ]
      : [];
  return [...sent, ...rows, ...late, ...refused].toSorted((a, b) => b.at - a.at);
}
