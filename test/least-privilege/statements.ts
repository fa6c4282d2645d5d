import type { PolicyModel } from '../../local/cloudformation/model.ts';
import { arnWildcard } from '../../local/iam/wildcard.ts';

interface PolicyStatement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

/** One statement of a policy. */
export interface Statement {
  readonly policy: PolicyModel;
  /** From 0. */
  readonly index: number;
  readonly effect: string;
  readonly actions: readonly string[];
  /** ARN patterns. */
  readonly resources: readonly string[];
  /** As JSON: who it is for, of a resource's policy, and on what condition. */
  readonly principals: string;
  readonly sources: string;
}

export function statementsOf(policies: readonly PolicyModel[]): Statement[] {
  return policies.flatMap((policy) =>
    documentOf(policy).Statement.map((statement, index) => ({
      policy,
      index,
      effect: statement.Effect,
      actions: [statement.Action].flat(),
      resources: [statement.Resource ?? policy.resource ?? ''].flat(),
      principals: JSON.stringify(statement.Principal ?? ''),
      sources: JSON.stringify(statement.Condition ?? ''),
    })),
  );
}

function documentOf({ document }: PolicyModel) {
  return document as { readonly Statement: readonly PolicyStatement[] };
}

/** A statement for each of its actions alone. */
export function byAction(statement: Statement): Statement[] {
  return statement.actions.map((action) => ({ ...statement, actions: [action] }));
}

/** The policy without these actions of one of its statements, which keeps its place although nothing may be left of it. */
export function without(policy: PolicyModel, { index, actions }: Pick<Statement, 'index' | 'actions'>): PolicyModel {
  const { Statement, ...rest } = documentOf(policy);
  const narrowed = (each: PolicyStatement): PolicyStatement => {
    const left = [each.Action].flat().filter((action) => !actions.includes(action));
    return { ...each, Action: left.length > 0 ? left : 'none:Nothing' };
  };
  return {
    ...policy,
    document: { ...rest, Statement: Statement.map((each, i) => (i === index ? narrowed(each) : each)) },
  };
}

export function titleOf({ policy, index, actions }: Statement): string {
  return `${withoutHash(policy.name)}, statement ${index + 1}: ${actions.join(', ')}`;
}

/** The name of a policy in the words of a reader. */
export function withoutHash(policy: string): string {
  return policy.replace(/(DefaultPolicy)?[0-9A-F]{8,}/, '');
}

export function statementFor(policies: readonly PolicyModel[], policy: string, action: string): Statement {
  const found = statementsOf(policies).find(
    (each) => each.policy.name.includes(policy) && each.actions.includes(action),
  );
  if (!found) throw new Error(`The template has no statement of ${policy} for ${action}.`);
  return found;
}

/** Whether a refusal is of what the statement allows. */
export function refusalOf({ actions, resources }: Statement): (refusal: string) => boolean {
  const asked = new RegExp(
    `is not authorized to perform: (?:${actions.join('|').replaceAll('*', '\\w+')}) on resource: "?([^" ]+)"? `,
    'i',
  );
  return (refusal) => {
    const resource = asked.exec(refusal)?.[1];
    return resource !== undefined && resources.some((pattern) => arnWildcard(pattern)?.(resource));
  };
}
