import type { ApprovedDeletes, MarkedDeletes } from '../shared/contracts.ts';
import type { Mapping } from '../shared/mapping/types.ts';

/**
 * A mistake of the CRM or of the mapping must not delete a whole domain: above the mapping's count or share nothing is deleted,
 * unless exactly so many deletions by this very mapping were approved.
 *
 * @param marked rows of the export that are marked as deleted.
 * @param approved as the run's input says.
 * @returns undefined if the mapping deletes nothing.
 */
export function guardDeletes(
  { definition, hash }: Pick<Mapping, 'definition' | 'hash'>,
  marked: number,
  rows: number,
  approved?: ApprovedDeletes,
): MarkedDeletes | undefined {
  if (!definition.deletes) return undefined;
  const { maxCount, maxShare } = definition.deletes;
  // As a quotient: 29 of 100 rows are 0.29 of them, but 100 * 0.29 is less than 29.
  const share = rows === 0 ? 0 : marked / rows;
  const isUsual = marked <= maxCount && share <= maxShare;
  // [another column, or whole profiles instead of objects] What a mapping that was deployed since deletes, nobody has seen.
  const isApproved = approved?.marked === marked && approved.mappingHash === hash;
  return { marked, allowed: isUsual || isApproved };
}
