import type { PolicyModel } from '../cloudformation/model.ts';
import { ACCOUNT, type Caller } from '../service.ts';
import type { Access, Principal, Refusal, RolePrincipal } from './access.ts';
import type { Context } from './condition.ts';
import { compilePolicy, type Statement } from './policy.ts';

/** Who may do what: the policies of the template, asked for every call. */
export interface Iam {
  /** In place of all policies so far. @throws UnsupportedTemplate naming what is not known here */
  putPolicies(policies: readonly PolicyModel[]): void;
  policies(): readonly PolicyModel[];
  /** Whoever signs with this access key acts as this. */
  bindKey(accessKeyId: string, principal: RolePrincipal): void;
  readonly refuse: Refusal;
}

/** The requests of a stack on loopback have no TLS; on AWS all have. */
const EVERY_CALL: Context = { 'aws:securetransport': 'true', 'aws:sourceaccount': ACCOUNT };

const ASSUME_ROLE = 'sts:AssumeRole';

export function createIam(options: {
  /** The access key of the user, who may do everything. */
  readonly userKey: string;
  /** Hears of every call that is refused, in the words of the answer. */
  readonly onRefused?: (message: string, access: Access) => void;
}): Iam {
  const keys = new Map<string, RolePrincipal>();
  let policies: readonly PolicyModel[] = [];
  let statements: readonly (Statement & { readonly of: PolicyModel })[] = [];

  /** The statements that speak of the call, of the caller's own policies and of the resource's. */
  function speakingOf(who: Principal, access: Access): typeof statements {
    const context = { ...EVERY_CALL, ...access.context };
    const role = 'role' in who ? nameOf(who.role) : '';
    return statements.filter(
      ({ of: { roles, resource }, speaksOf }) =>
        (resource === undefined ? roles.includes(role) : isWithin(access.resource, resource)) &&
        speaksOf(who, access, context),
    );
  }

  /** Why not, in the last words of the refusal. */
  function reason(who: Principal, access: Access): string | undefined {
    const speaking = speakingOf(who, access);
    const denial = speaking.find(({ effect }) => effect === 'Deny');
    if (denial) {
      return `with an explicit deny in ${denial.of.resource === undefined ? 'an identity' : 'a resource'}-based policy`;
    }
    if (speaking.length > 0) return undefined;
    const ofService = access.action === ASSUME_ROLE ? 'role trust' : 'resource-based';
    return `because no ${'role' in who ? 'identity-based' : ofService} policy allows the ${access.action} action`;
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
      const assumed = refuse({ service: who.service }, { action: ASSUME_ROLE, resource: who.role });
      if (assumed) return assumed;
    }
    const why = reason(who, access);
    return why && refused('role' in who ? `User: ${sessionArn(who)}` : who.service, access, why);
  }

  return {
    putPolicies(replacing) {
      statements = replacing.flatMap((of) => compilePolicy(of).map((statement) => ({ ...statement, of })));
      policies = replacing;
    },
    policies: () => policies,
    bindKey: (accessKeyId, principal) => keys.set(accessKeyId, principal),
    refuse,
  };
}

const nameOf = (roleArn: string): string => roleArn.slice(roleArn.lastIndexOf('/') + 1);

function sessionArn({ role, session }: RolePrincipal): string {
  return `arn:aws:sts::${ACCOUNT}:assumed-role/${nameOf(role)}/${session}`;
}

/** A resource's policy speaks of the resource and of what is in it. */
function isWithin(arn: string, owner: string): boolean {
  return arn === owner || arn.startsWith(`${owner}/`);
}
