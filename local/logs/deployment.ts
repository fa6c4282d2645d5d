import { UnsupportedTemplate } from '../cloudformation/assembly.ts';
import type { StackModel } from '../cloudformation/model.ts';
import type { Access, Principal, Refusal } from '../iam/access.ts';
import { REGION } from '../service.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html, read 2026-11. */
const ON_KEY = [
  'Encrypt',
  'Decrypt',
  'ReEncryptFrom',
  'ReEncryptTo',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'DescribeKey',
];

/** All on `*`. https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy, read 2026-11. */
const LOG_DELIVERY = [
  'CreateLogDelivery',
  'GetLogDelivery',
  'UpdateLogDelivery',
  'DeleteLogDelivery',
  'ListLogDeliveries',
  'PutResourcePolicy',
  'DescribeResourcePolicies',
  'DescribeLogGroups',
];

/**
 * Asks what AWS asks when log groups with a key and state machines with a log are made.
 *
 * @throws UnsupportedTemplate with AWS's words where it would refuse them
 */
export function checkLogs(
  { logGroups, keyOf, stateMachines }: Pick<StackModel, 'logGroups' | 'keyOf' | 'stateMachines'>,
  refuse: Refusal,
): void {
  /** Asks for all of them, so that each is told. */
  function check(who: Principal, accesses: readonly Access[], words: string): void {
    const [refusal] = accesses.flatMap((access) => refuse(who, access) ?? []);
    if (refusal) throw new UnsupportedTemplate(`${words} (${refusal}).`);
  }
  for (const { arn } of logGroups) {
    const resource = keyOf.get(arn);
    if (resource === undefined) continue;
    const who = { service: `logs.${REGION}.amazonaws.com` };
    const context = { 'kms:encryptioncontext:aws:logs:arn': arn };
    const accesses = ON_KEY.map((name) => ({ action: `kms:${name}`, resource, context }));
    check(who, accesses, `The specified KMS key does not exist or is not allowed to be used with Arn '${arn}'`);
  }
  for (const { arn, name, roleArn, logs } of stateMachines) {
    if (!logs) continue;
    const who = { role: roleArn, service: 'states.amazonaws.com', session: name, source: arn };
    const accesses = LOG_DELIVERY.map((name) => ({ action: `logs:${name}`, resource: '*' }));
    check(who, accesses, `${arn}: The state machine IAM Role is not authorized to access the Log Destination`);
  }
}
