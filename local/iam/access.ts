import type { Caller } from '../service.ts';

/** One call in the words of policies. */
export interface Access {
  /** e.g. `s3:GetObject`. */
  readonly action: string;
  /** An ARN; `*` for an action that is on no resource. */
  readonly resource: string;
  /** The condition keys that the call has, besides those that every call has; in lower case. */
  readonly context?: Readonly<Record<string, string>>;
  /** What the service does in the caller's name with the key of the resource, if it has one. */
  readonly keyUse?: readonly KeyAction[];
}

export type KeyAction = 'kms:Decrypt' | 'kms:GenerateDataKey';

/** A service that acts with a role of the template. */
export interface RolePrincipal {
  /** The role's ARN. */
  readonly role: string;
  /** Who assumed it, e.g. `lambda.amazonaws.com`. */
  readonly service: string;
  readonly session: string;
  /** ARN of what the service assumed it for, where the service says so. */
  readonly source?: string;
}

/** A service that calls in its own name. */
export interface ServicePrincipal {
  readonly service: string;
}

export type Principal = RolePrincipal | ServicePrincipal;

/** Why the call is refused, in AWS's words, which name action and resource; undefined if it is allowed. */
export type Refusal = (who: Caller | Principal, access: Access) => string | undefined;

/** What a call says of the ARN that a service makes it for. */
export const fromSource = (arn: string | undefined): Readonly<Record<string, string>> =>
  arn === undefined ? {} : { 'aws:sourcearn': arn };

/** For a service that stands alone: everybody may do everything. */
export const refuseNobody: Refusal = () => undefined;
