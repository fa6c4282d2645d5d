import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { EXPORT_PREFIX, RESYNC_PREFIX } from '../functions/shared/export/export-prefixes.ts';
import { EXPORT_TEXT_PREFIX, RUN_PREFIX } from '../functions/shared/export/run-files.ts';
import { functionLogName } from './encryption.ts';
import { lookAtRuns } from './failure-report.ts';
import {
  allow,
  deleteObjects,
  domainArn,
  getObjects,
  listObjects,
  listVersions,
  pollMessages,
  sendMessages,
  uploadObjects,
  useTable,
} from './permissions.ts';
import type { Queues } from './profile-sync.ts';
import { MAP_LABEL } from './sync-state-machine.ts';
import type { System } from './system.ts';

const UPLOAD_PREFIXES = [EXPORT_PREFIX, RESYNC_PREFIX];
const UPLOADS = UPLOAD_PREFIXES.map((prefix) => `${prefix}*`);

export function uploadExports({ buckets }: System): PolicyStatement[] {
  return uploadObjects(buckets.exportBucket, ...UPLOADS);
}

/**
 * What the commands of docs/operations.md and docs/live-events.md call, but for uploading exports and sending events, and for
 * `lambda:ListEventSourceMappings` and `cloudwatch:DescribeAlarms`, whose lists are those of the account.
 */
export function operate(stack: Stack, system: System, queues: Queues): PolicyStatement[] {
  const { name, buckets, tables } = system;
  const arn = (service: string, resource: string, resourceName: string) =>
    stack.formatArn({ service, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  const runs = arn('states', 'execution', `${name}:*`);
  return [
    // Where the commands find everything else.
    allow(['cloudformation:DescribeStacks'], stack.stackId),
    ...lookAtRuns(stack, name),
    allow(['states:StartExecution'], arn('states', 'stateMachine', name)),
    allow(['states:DescribeStateMachineForExecution', 'states:RedriveExecution', 'states:StopExecution'], runs),
    allow(['states:GetExecutionHistory'], runs, arn('states', 'execution', `${name}/${MAP_LABEL}:*`)),
    listObjects(buckets.exportBucket, EXPORT_PREFIX),
    ...getObjects(buckets.runBucket, [`${RUN_PREFIX}*`]),
    listObjects(buckets.runBucket, RUN_PREFIX),
    ...useTable(tables.run, 'dynamodb:GetItem', 'dynamodb:Query'),
    ...useTable(tables.ledger, 'dynamodb:BatchGetItem', 'dynamodb:GetItem'),
    // The quota of runs at work.
    ...useTable(tables.budget, 'dynamodb:GetItem', 'dynamodb:UpdateItem'),
    ...pollMessages(queues.failedStarts),
    ...moveBack(queues.deadLetters, queues.live),
    ...moveBack(queues.unreadLateErrors, queues.domainDeadLetters),
    allow(
      ['logs:DescribeLogStreams', 'logs:FilterLogEvents', 'logs:GetLogEvents'],
      arn('logs', 'log-group', functionLogName(name, '*')),
    ),
    ...explainCustomers(stack, system),
  ];
}

/** The profile of a customer. */
function explainCustomers(stack: Stack, { domainName, objectTypeName }: System): PolicyStatement[] {
  const domain = domainArn(stack, domainName);
  return [
    allow(['profile:SearchProfiles'], domain),
    allow(['profile:ListProfileObjects'], domain, `${domain}/object-types/${objectTypeName}`),
  ];
}

/** For `explain --row`: who may read one row of an export may read all customers. */
export function readExports({ buckets }: System): PolicyStatement[] {
  return [
    ...getObjects(buckets.exportBucket, UPLOADS, ['s3:GetObject', 's3:GetObjectVersion']),
    ...getObjects(buckets.runBucket, [`${EXPORT_TEXT_PREFIX}*`]),
  ];
}

/**
 * What `forget` needs besides `operate`: what deletes data, and what finds out what else a profile holds. The service authorises
 * objects on the domain and on their type:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonconnectcustomerprofiles.html, read 2026-11.
 */
export function erase(stack: Stack, { domainName, objectTypeName, buckets, tables }: System): PolicyStatement[] {
  const domain = domainArn(stack, domainName);
  const types = `${domain}/object-types`;
  return [
    allow(['profile:DeleteProfile', 'profile:ListProfileObjectTypes'], domain),
    allow(['profile:ListProfileObjects'], domain, `${types}/*`),
    allow(['profile:DeleteProfileObject'], domain, `${types}/${objectTypeName}`),
    ...useTable(tables.ledger, 'dynamodb:DeleteItem'),
    ...uploadObjects(buckets.runBucket, `${RUN_PREFIX}*`),
    deleteObjects(buckets.runBucket, `${RUN_PREFIX}*`),
    ...UPLOAD_PREFIXES.map((prefix) => listVersions(buckets.exportBucket, prefix)),
  ];
}

/** Looking at dead letters, deleting them, and moving all of them back to the queue that they come from. */
function moveBack(deadLetters: IQueue, source: IQueue): PolicyStatement[] {
  return [
    ...pollMessages(deadLetters, 'sqs:StartMessageMoveTask', 'sqs:ListMessageMoveTasks', 'sqs:CancelMessageMoveTask'),
    ...sendMessages(source),
    allow(['sqs:GetQueueAttributes'], source.queueArn),
  ];
}

/** Services that use the key for people: whose objects, items and messages it encrypts. */
const SERVICES_WITH_DATA = ['s3', 'dynamodb', 'sqs'];

/**
 * Gives the statements to a role or user; one whose policy can't be changed from here is an error at synth. People get nothing
 * from the key itself, only what these services decrypt for them: it may protect other data of the account.
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#viaService_table has their names.
 */
export function grant(grantee: IGrantable, stack: Stack, statements: readonly PolicyStatement[]): void {
  const viaService = SERVICES_WITH_DATA.map((service) => `${service}.${stack.region}.amazonaws.com`);
  for (const { actions, resources, conditions } of statements) {
    const isOnKey = actions.every((action) => action.startsWith('kms:'));
    const all = isOnKey ? { StringEquals: { 'kms:ViaService': viaService } } : conditions;
    Grant.addToPrincipal({ grantee, actions, resourceArns: resources, conditions: all }).assertSuccess();
  }
}
