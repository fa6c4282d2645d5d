import { Token, TokenComparison } from 'aws-cdk-lib';

/** Whether two are one resource: the same construct, or imported by the same name. Names that are known only at deployment tell nothing. */
export function isSameResource<T>(one: T, other: T, nameOf: (resource: T) => string): boolean {
  return one === other || Token.compareStrings(nameOf(one), nameOf(other)) === TokenComparison.SAME;
}
