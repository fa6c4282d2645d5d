import { ApiError } from '../json-protocol.ts';
import type { Params } from './params.ts';

type Resource = 'stateMachine' | 'execution' | 'mapRun';

/** Reads a member that names one resource. @throws ApiError `InvalidArn` if it is not an ARN of that kind. */
export function requiredArn(params: Params, name: string, resource: Resource): string {
  return checkArn(params.requiredString(name), resource);
}

export function checkArn(arn: string, resource: Resource): string {
  const parts = arn.split(':');
  const [prefix, , service, , , type] = parts;
  if (prefix !== 'arn' || service !== 'states')
    throw new ApiError('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${arn}'`);
  if (type !== resource) {
    throw new ApiError('InvalidArn', `Invalid Arn: 'Resource type not valid in this context: ${type}'`);
  }
  return arn;
}

/** `arn:…:execution:<machine>:<name>` of a machine's execution. */
export function executionArn(machineArn: string, name: string): string {
  return `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** The last part of a machine's ARN: for the children of a Map Run `<machine>/<label>`. */
export const nameOf = (machineArn: string): string => machineArn.slice(machineArn.lastIndexOf(':') + 1);
