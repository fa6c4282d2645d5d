/** The one content that empties the e-mail address. */
export const EMPTYING = 'B';

export function emailOf(content: string): string {
  return content === EMPTYING ? '' : 'x@x';
}
