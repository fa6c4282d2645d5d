import { UnsupportedTemplate } from '../cloudformation/assembly.ts';
import type { PolicyModel } from '../cloudformation/model.ts';
import { fieldsOf } from '../cloudformation/resource-type.ts';
import type { Access, Principal } from './access.ts';
import { type Context, compileCondition, hasVariable } from './condition.ts';
import { arnWildcard, wildcard } from './wildcard.ts';

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** Whether the statement speaks of this call by this caller. */
  speaksOf(who: Principal, access: Access, context: Context): boolean;
}

const LANGUAGE = '2012-10-17';

/**
 * Compiles a policy of the template. Nothing is passed over: an element that is not known here, NotAction and its kind
 * among them, is refused by name.
 *
 * @throws UnsupportedTemplate
 */
export function compilePolicy({ name, document, resource }: PolicyModel): Statement[] {
  const { Version = LANGUAGE, Statement } = fieldsOf(document, name, ['Version', 'Id', 'Statement']);
  if (Version !== LANGUAGE) {
    throw new UnsupportedTemplate(`${name}: the embedded stack does not support policies of Version '${Version}'.`);
  }
  return [Statement ?? []]
    .flat()
    .map((statement, i) => compileStatement(statement, `${name}.Statement[${i}]`, resource));
}

function compileStatement(statement: unknown, where: string, owner: string | undefined): Statement {
  const elements = ['Sid', 'Effect', 'Action', 'Resource', 'Condition'];
  const known = owner === undefined ? elements : [...elements, 'Principal'];
  const { Effect, Action, Resource = owner, Condition = {}, Principal } = fieldsOf(statement, where, known);
  if (Effect !== 'Allow' && Effect !== 'Deny') throw new UnsupportedTemplate(`${where}.Effect must be Allow or Deny.`);
  const actions = texts(Action, `${where}.Action`).map((action) => wildcard(action, 'i'));
  const resources = texts(Resource, `${where}.Resource`).map((pattern) => {
    const matches = hasVariable(pattern) ? undefined : arnWildcard(pattern);
    if (!matches) throw new UnsupportedTemplate(`${where}.Resource: the embedded stack does not support '${pattern}'.`);
    return matches;
  });
  const holds = compileCondition(Condition, `${where}.Condition`);
  const isFor = owner === undefined ? () => true : compilePrincipal(Principal, `${where}.Principal`);
  return {
    effect: Effect,
    speaksOf: (who, { action, resource }, context) =>
      actions.some((matches) => matches(action)) &&
      resources.some((matches) => matches(resource)) &&
      isFor(who) &&
      holds(context),
  };
}

/** Everybody, roles by their ARN, and services. */
function compilePrincipal(principal: unknown, where: string): (who: Principal) => boolean {
  if (principal === '*') return () => true;
  const { AWS, Service } = fieldsOf(principal, where, ['AWS', 'Service']);
  const services = Service === undefined ? [] : texts(Service, `${where}.Service`);
  const roles = AWS === undefined ? [] : texts(AWS, `${where}.AWS`);
  const unknown = roles.find((arn) => arn !== '*' && !/^arn:aws:iam::\d+:role\//.test(arn));
  if (unknown) throw new UnsupportedTemplate(`${where}: the embedded stack does not support '${unknown}'.`);
  return (who) => ('role' in who ? roles.includes('*') || roles.includes(who.role) : services.includes(who.service));
}

function texts(value: unknown, where: string): string[] {
  const list = [value].flat();
  if (list.length === 0 || !list.every((entry) => typeof entry === 'string')) {
    throw new UnsupportedTemplate(`${where} must be a string or a list of strings.`);
  }
  return list;
}
