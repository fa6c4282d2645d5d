import { arn } from '../cloudformation/resource-type.ts';
import type { Access } from '../iam/access.ts';
import type { ProfilesRequest } from './operations.ts';
import type { OperationName } from './routes.ts';

/** Operations that are authorised on an object type; all others are on its domain. */
const ON_OBJECT_TYPE: readonly OperationName[] = [
  'PutProfileObject',
  // Not in that list yet; taken to be as PutProfileObject.
  'BatchPutProfileObject',
  'ListProfileObjects',
  'DeleteProfileObject',
  'GetProfileObjectType',
];

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonconnectcustomerprofiles.html */
export function accessOf(operation: OperationName, { parameters, body }: Omit<ProfilesRequest, 'query'>): Access {
  const domain = arn('profile', `domains/${parameters.DomainName ?? '*'}`);
  const type = parameters.ObjectTypeName ?? body.ObjectTypeName ?? '*';
  const resource = ON_OBJECT_TYPE.includes(operation) ? `${domain}/object-types/${type}` : domain;
  return { action: `profile:${operation}`, resource };
}
