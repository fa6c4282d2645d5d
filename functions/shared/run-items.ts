/** Items of RunTable are kept longer than a redrive may come (14 days) and than history is (90 days). */
const RUN_ITEM_DAYS = 90;

/** TTL of an item of RunTable, epoch seconds. */
export function runItemExpiry(now: number): number {
  return Math.floor(now / 1000) + RUN_ITEM_DAYS * 86_400;
}
