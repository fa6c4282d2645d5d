import { ProfilesError } from './errors.ts';

/** A fault that PutProfileObject has on purpose, to show what the rest does about it. */
export interface Fault {
  readonly error:
    | 'AccessDeniedException'
    | 'BadRequestException'
    | 'InternalServerException'
    | 'ResourceNotFoundException'
    | 'ThrottlingException';
  /** Only for objects whose JSON text contains this; absent: for every object. */
  readonly forObjectsWith?: string;
}

/** The error that a call with this object is answered with, if the fault hits it. */
export function faultFor(fault: Fault | undefined, object: unknown): ProfilesError | undefined {
  if (fault === undefined) return undefined;
  const { error, forObjectsWith = '' } = fault;
  const hit = forObjectsWith === '' || (typeof object === 'string' && object.includes(forObjectsWith));
  return hit ? new ProfilesError(error, 'A fault that was asked for.') : undefined;
}
