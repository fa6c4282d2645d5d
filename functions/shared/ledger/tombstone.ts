/** In place of a hash, so that whoever reads an entry sees what was deleted, and another action deletes once more. */
const PREFIX = 'deleted:';

/** The fingerprint of a record that deletes; an entry that knows it is a tombstone: the customer was deleted. */
export function tombstone(action: 'object' | 'profile'): string {
  return `${PREFIX}${action}`;
}

export function isTombstone(fingerprint: string): boolean {
  return fingerprint.startsWith(PREFIX);
}
