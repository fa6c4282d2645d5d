import type { Access } from '../../local/iam/access.ts';
import type { Allowance } from '../../local/iam/iam.ts';
import { arnWildcard, wildcard } from '../../local/iam/wildcard.ts';
import type { Statement } from './statements.ts';

/** One action on one resource that a statement allows. */
export interface Permission {
  readonly policy: string;
  readonly action: string;
  /** ARN pattern. */
  readonly resource: string;
}

/** Which permissions of the template a system at work made use of. */
export class Usage {
  readonly #used = new Map<string, Access[]>();
  readonly #seen = new Set<string>();

  note({ action, resource }: Access, { policy, statement }: Allowance): void {
    const what = `${policy} ${statement} ${action} ${resource}`;
    if (this.#seen.has(what)) return;
    this.#seen.add(what);
    const place = `${policy} ${statement}`;
    this.#used.set(place, [...(this.#used.get(place) ?? []), { action, resource }]);
  }

  /** What of the statement was never used. */
  unusedOf({ policy, index, actions, resources }: Statement): Permission[] {
    const used = this.#used.get(`${policy.name} ${index}`) ?? [];
    const isUsed = (action: string, resource: string) => {
      const isAction = wildcard(action, 'i');
      const isResource = arnWildcard(resource) ?? (() => false);
      return used.some((access) => isAction(access.action) && isResource(access.resource));
    };
    return actions.flatMap((action) =>
      resources
        .filter((resource) => !isUsed(action, resource))
        .map((resource) => ({ policy: policy.name, action, resource })),
    );
  }
}
