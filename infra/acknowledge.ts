import { Stack, Validations } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** Tells cdk-nag why a rule of its AwsSolutions pack does not hold for this construct. */
export function acknowledge(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}

/**
 * Acknowledges the wildcards at the end of names that are made at run time: objects under a prefix, executions of one
 * state machine. A wildcard in an action, or one that stands for every resource, stays a finding.
 */
export function acknowledgeRuntimeNames(role: IConstruct, statements: readonly PolicyStatement[]): void {
  for (const resource of new Set(statements.flatMap((statement) => statement.resources))) {
    const name = flat(Stack.of(role).resolve(resource));
    if (name === '*' || !name.includes('*')) continue;
    acknowledge(role, `IAM5[Resource::${name}]`, 'The names behind this prefix are made at run time.');
  }
}

/** A reference as cdk-nag writes it in the id of a finding. */
function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[kind, inner] = []] = Object.entries(Object(value));
  if (kind === 'Ref') return `<${inner}>`;
  if (kind === 'Fn::GetAtt' && Array.isArray(inner)) return `<${inner.join('.')}>`;
  if (kind === 'Fn::Join' && Array.isArray(inner) && Array.isArray(inner[1])) return inner[1].map(flat).join(inner[0]);
  return JSON.stringify(value);
}
