import { hash } from 'node:crypto';

const MS_PER_DAY = 86_400_000;
/** A profile that is not updated expires: an unchanged record is sent again in this part of its expiration … */
const REFRESH_FROM = 0.5;
/** … spread over this part by key, so that customers who were sent in one night do not all come due in one night. */
const REFRESH_SPREAD = 0.25;

/** Milliseconds after which an unchanged record of this customer is sent again. */
export function refreshAfter(customerKey: string, expirationDays: number): number {
  const spread = Number.parseInt(hash('md5', customerKey).slice(0, 8), 16) / 2 ** 32;
  return expirationDays * MS_PER_DAY * (REFRESH_FROM + REFRESH_SPREAD * spread);
}
