import { expect, it } from 'vitest';
import { missingPermission } from '../../../functions/shared/missing-permission.ts';

const USER = 'User: arn:aws:sts::111122223333:assumed-role/role/function';
const BECAUSE = 'because no identity-based policy allows the action';

it.each([
  ['dynamodb:PutItem', 'arn:aws:dynamodb:us-east-1:111122223333:table/run', (arn: string) => arn],
  ['SNS:Publish', 'arn:aws:sns:us-east-1:111122223333:alarms', (arn: string) => arn],
  ['s3:PutObject', 'arn:aws:s3:::runs/runs/1/chunks.jsonl', (arn: string) => `"${arn}"`],
])('the refusal of %s says which action on which resource is not allowed', (action, resource, quoted) => {
  const message = `${USER} is not authorized to perform: ${action} on resource: ${quoted(resource)} ${BECAUSE}`;
  expect(missingPermission(new Error(message))).toEqual({ action, resource });
});

it.each(['Access Denied', 'Requests by Taro are not authorized', `${USER} is not authorized to perform: Taro Yamada`])(
  'nothing is read out of "%s"',
  (message) => {
    expect(missingPermission(new Error(message))).toBeUndefined();
  },
);
