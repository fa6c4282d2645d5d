import type { PolicyModel } from '../cloudformation/model.ts';
import { ACCOUNT, type Caller } from '../service.ts';
import { type Access, fromSource, type Principal, type Refusal, type RolePrincipal } from './access.ts';
import type { Context } from './condition.ts';
import { compilePolicy, type Meant, type Statement } from './policy.ts';

/** Who may do what: the policies of the template, asked for every call. */
export interface Iam {
  /** In place of all policies so far. @throws UnsupportedTemplate naming what is not known here */
  putPolicies(policies: readonly PolicyModel[]): void;
  policies(): readonly PolicyModel[];
  /** Whoever signs with this access key acts as this. */
  bindKey(accessKeyId: string, principal: RolePrincipal): void;
  readonly refuse: Refusal;
}

/** A statement that allowed a call: the name of its policy in the template, and its place there, from 0 on. */
export interface Allowance {
  readonly policy: string;
  readonly statement: number;
}

/** The requests of a stack on loopback have no TLS; on AWS all have. */
const EVERY_CALL: Context = { 'aws:securetransport': 'true' };
/** What a service says of whom it calls for. */
const OF_SERVICES: Context = { 'aws:sourceaccount': ACCOUNT };

const ASSUME_ROLE = 'sts:AssumeRole';

export function createIam(options: {
  /** The access key of the user, who may do everything. */
  readonly userKey: string;
  /** Hears of every call that is refused, in the words of the answer. */
  readonly onRefused?: (message: string, access: Access) => void;
  /** Hears of each statement by which a call is allowed; of the user's calls nothing. */
  readonly onAllowed?: (who: Principal, access: Access, by: Allowance) => void;
}): Iam {
  const keys = new Map<string, RolePrincipal>();
  let policies: readonly PolicyModel[] = [];
  let statements: readonly Placed[] = [];

  /** The statements that speak of the call, of the caller's own policies and of the resource's. */
  function speakingOf(who: Principal, access: Access): Speaking[] {
    const context = { ...EVERY_CALL, ...(!('role' in who) && OF_SERVICES), ...access.context };
    const role = 'role' in who ? nameOf(who.role) : '';
    return statements.flatMap((statement) => {
      const { roles, resource } = statement.of;
      const concerns = resource === undefined ? roles.includes(role) : isWithin(access.resource, resource);
      const meant = concerns ? statement.speaksOf(who, access, context) : undefined;
      return meant ? [{ ...statement, meant }] : [];
    });
  }

  /** Why not, in the last words of the refusal. */
  function reason(who: Principal, access: Access): string | undefined {
    const speaking = speakingOf(who, access);
    const denial = speaking.find(({ effect }) => effect === 'Deny');
    if (denial) {
      return `with an explicit deny in ${denial.of.resource === undefined ? 'an identity' : 'a resource'}-based policy`;
    }
    const allowing = isOnKey(access) ? allowingOnKey(speaking) : speaking.filter(isOwnOrNames);
    for (const { of, place } of allowing) options.onAllowed?.(who, access, { policy: of.name, statement: place });
    if (allowing.length > 0) return undefined;
    const isLeftToRole = 'role' in who && (!isOnKey(access) || speaking.some(({ meant }) => meant === 'account'));
    const ofResource = access.action === ASSUME_ROLE ? 'role trust' : 'resource-based';
    return `because no ${isLeftToRole ? 'identity-based' : ofResource} policy allows the ${access.action} action`;
  }

  function refused(who: string, access: Access, why: string): string {
    const { action, resource } = access;
    const named = action.startsWith('s3:') ? `"${resource}"` : resource;
    const message = `${who} is not authorized to perform: ${action} on resource: ${named} ${why}`;
    options.onRefused?.(message, access);
    return message;
  }

  function refuse(who: Caller | Principal, access: Access): string | undefined {
    if ('accessKeyId' in who) {
      if (who.accessKeyId === options.userKey) return undefined;
      const principal = keys.get(who.accessKeyId);
      if (principal) return refuse(principal, access);
      const known = `since only the access key '${options.userKey}' and those of the functions are known here`;
      return refused('Whoever signed the request', access, known);
    }
    if ('role' in who) {
      const assumed = refuse(
        { service: who.service },
        { action: ASSUME_ROLE, resource: who.role, context: fromSource(who.source) },
      );
      if (assumed) return assumed;
    }
    const why = reason(who, access);
    return why && refused('role' in who ? `User: ${sessionArn(who)}` : who.service, access, why);
  }

  return {
    putPolicies(replacing) {
      statements = replacing.flatMap((of) =>
        compilePolicy(of).map((statement, place) => ({ ...statement, of, place })),
      );
      policies = replacing;
    },
    policies: () => policies,
    bindKey: (accessKeyId, principal) => keys.set(accessKeyId, principal),
    refuse,
  };
}

type Placed = Statement & { readonly of: PolicyModel; readonly place: number };
type Speaking = Placed & { readonly meant: Meant };

const isOnKey = ({ action }: Access): boolean => action.startsWith('kms:');

const isOwnOrNames = ({ of, meant }: Speaking): boolean => of.resource === undefined || meant === 'caller';

/**
 * A key's policy decides alone; the caller's own policies count only where it leaves the call to the account.
 *
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html, read 2026-11
 */
function allowingOnKey(speaking: readonly Speaking[]): Speaking[] {
  const own = speaking.filter(({ of }) => of.resource === undefined);
  const leaving = speaking.filter(({ meant }) => meant === 'account');
  const naming = speaking.filter(({ of, meant }) => of.resource !== undefined && meant === 'caller');
  return own.length > 0 && leaving.length > 0 ? [...naming, ...leaving, ...own] : naming;
}

const nameOf = (roleArn: string): string => roleArn.slice(roleArn.lastIndexOf('/') + 1);

function sessionArn({ role, session }: RolePrincipal): string {
  return `arn:aws:sts::${ACCOUNT}:assumed-role/${nameOf(role)}/${session}`;
}

/** A resource's policy speaks of the resource and of what is in it. */
export function isWithin(arn: string, owner: string): boolean {
  return arn === owner || arn.startsWith(`${owner}/`);
}
