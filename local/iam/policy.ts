import { UnsupportedTemplate } from '../cloudformation/assembly.ts';
import type { PolicyModel } from '../cloudformation/model.ts';
import { fieldsOf } from '../cloudformation/resource-type.ts';
import { ACCOUNT } from '../service.ts';
import type { Access, Principal } from './access.ts';
import { type Context, compileCondition, hasVariable } from './condition.ts';
import { arnWildcard, wildcard } from './wildcard.ts';

/** Whom a statement means: this caller, or the account, which leaves it to the caller's own policies. */
export type Meant = 'caller' | 'account';

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** Undefined if the statement does not speak of this call by this caller. */
  speaksOf(who: Principal, access: Access, context: Context): Meant | undefined;
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
  const meantBy = owner === undefined ? () => 'caller' as const : compilePrincipal(Principal, `${where}.Principal`);
  return {
    effect: Effect,
    speaksOf(who, { action, resource }, context) {
      const speaks =
        actions.some((matches) => matches(action)) && resources.some((matches) => matches(resource)) && holds(context);
      return speaks ? meantBy(who) : undefined;
    },
  };
}

const ROOT = `arn:aws:iam::${ACCOUNT}:root`;

/** Everybody, the account by its root, roles by their ARN, and services. */
function compilePrincipal(principal: unknown, where: string): (who: Principal) => Meant | undefined {
  if (principal === '*') return () => 'caller';
  const { AWS, Service } = fieldsOf(principal, where, ['AWS', 'Service']);
  const services = Service === undefined ? [] : texts(Service, `${where}.Service`);
  const roles = AWS === undefined ? [] : texts(AWS, `${where}.AWS`);
  const unknown = roles.find((arn) => arn !== '*' && arn !== ROOT && !/^arn:aws:iam::\d+:role\//.test(arn));
  if (unknown) throw new UnsupportedTemplate(`${where}: the embedded stack does not support '${unknown}'.`);
  return (who) => {
    if (!('role' in who)) return services.includes(who.service) ? 'caller' : undefined;
    if (roles.includes('*') || roles.includes(who.role)) return 'caller';
    return roles.includes(ROOT) ? 'account' : undefined;
  };
}

function texts(value: unknown, where: string): string[] {
  const list = [value].flat();
  if (list.length === 0 || !list.every((entry) => typeof entry === 'string')) {
    throw new UnsupportedTemplate(`${where} must be a string or a list of strings.`);
  }
  return list;
}
