/** `arn:partition:service:region:account:resource`; the resource may hold further colons. */
const ARN_PARTS = 6;

/** Matches a text against `*` (any characters) and `?` (one character). */
export function wildcard(pattern: string, flags = ''): (text: string) => boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]');
  const expression = new RegExp(`^${source}$`, flags);
  return (text) => expression.test(text);
}

/** As `wildcard`, part by part: a star does not reach over the colons between an ARN's parts. Undefined if it is no ARN. */
export function arnWildcard(pattern: string): ((arn: string) => boolean) | undefined {
  if (pattern === '*') return () => true;
  const parts = partsOf(pattern);
  if (parts.length !== ARN_PARTS) return undefined;
  const matchers = parts.map((part) => wildcard(part));
  return (arn) => {
    const given = partsOf(arn);
    return given.length === ARN_PARTS && matchers.every((matches, i) => matches(given[i] ?? ''));
  };
}

function partsOf(arn: string): string[] {
  const parts = arn.split(':');
  return [
    ...parts.slice(0, ARN_PARTS - 1),
    ...(parts.length >= ARN_PARTS ? [parts.slice(ARN_PARTS - 1).join(':')] : []),
  ];
}
