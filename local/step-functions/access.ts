import type { Access } from '../iam/access.ts';

/** The members of a request that name what it is about; an operation has one of them. */
const RESOURCES = ['executionArn', 'mapRunArn', 'stateMachineArn'];

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html */
export function accessOf(operation: string, members: Readonly<Record<string, unknown>>): Access {
  const named = RESOURCES.map((name) => members[name]).find((value) => typeof value === 'string');
  return { action: `states:${operation}`, resource: String(named ?? '*') };
}
