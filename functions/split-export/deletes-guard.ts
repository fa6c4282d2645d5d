import type { MarkedDeletes } from '../shared/contracts.ts';
import type { DeletesDefinition } from '../shared/mapping/types.ts';

/**
 * A mistake of the CRM or of the mapping must not delete a whole domain: above the mapping's count or share nothing is deleted,
 * unless exactly so many deletions were approved.
 *
 * @param marked rows of the export that are marked as deleted.
 * @param approved as the run's input says.
 */
export function guardDeletes(
  { maxCount, maxShare }: Pick<DeletesDefinition, 'maxCount' | 'maxShare'>,
  marked: number,
  rows: number,
  approved?: number,
): MarkedDeletes {
  // As a quotient: 29 of 100 rows are 0.29 of them, but 100 * 0.29 is less than 29.
  const share = rows === 0 ? 0 : marked / rows;
  const isUsual = marked <= maxCount && share <= maxShare;
  return { marked, allowed: isUsual || approved === marked };
}
