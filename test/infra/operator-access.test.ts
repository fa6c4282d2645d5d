import { readFileSync } from 'node:fs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import type { ProfileSync } from '../../infra/index.ts';
import { ownStack, systemIn } from './own-app.ts';
import { allowed, resourceNamed } from './synthesized.ts';

/** Resources of the template by their names in docs/security.md. */
const OPERATED: readonly (readonly [RegExp, string])[] = [
  [/:stateMachine:profile-sync$/, 'state machine'],
  [/:execution:profile-sync:\*$/, 'runs'],
  [/:execution:profile-sync\/SyncChunks:\*$/, 'chunks of runs'],
  [/:mapRun:profile-sync\/SyncChunks:\*$/, 'Map Runs'],
  [/^<SyncBucketsExportBucket>$/, 'export bucket'],
  [/^<SyncBucketsRunBucket>(\/runs\/\*)?$/, 'run bucket'],
  [/:domains\/demo$/, 'domain'],
  [/:domains\/demo\/object-types\/CrmCustomer$/, 'object type'],
  [/^<SyncTablesRunTable>$/, 'run table'],
  [/^<SyncTablesLedgerTable>$/, 'ledger'],
  [/^<SyncTablesBudgetTable>$/, 'budget table'],
  [/^<SyncFailedStarts>$/, 'FailedStarts'],
  [/^<AWS::StackId>$/, 'the stack'],
  [/^<Sync(LiveEvents|LateErrors)DeadLetterQueue>$/, 'dead letters of live events, and of LateErrors'],
  [/^<Sync(LiveEventsLiveQueue|LateErrorsDomainDeadLetterQueue)>$/, 'live queue, and dead-letter queue of the domain'],
  [/:log-group:\/profile-sync\/\*$/, 'logs of the functions'],
];

const ERASED: typeof OPERATED = [
  [/^<SyncBucketsRunBucket>\/runs\/\*$/, 'files of runs'],
  [/:domains\/demo\/object-types\/\*$/, 'all object types of the domain'],
  ...OPERATED,
];

/** As `action on resource`, from the table with this head. */
function documented(head: string): string[] {
  const page = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');
  const [, table = ''] = page.split(`| ${head} | actions | for |\n`);
  const rows = table.slice(0, table.indexOf('\n\n')).split('\n').slice(1);
  return rows.flatMap((row) => {
    const [, where = '', actions = ''] = row.split('|').map((cell) => cell.trim());
    return [...actions.matchAll(/`(\w+:\w+)`/g)].map(([, action]) => `${action} on ${where}`);
  });
}

describe('what others are granted', () => {
  function granted(grant: (system: ProfileSync, role: Role) => void): string[] {
    const template = ownStack((stack) => {
      const role = new Role(stack, 'Person', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
      grant(systemIn(stack, 'Sync'), role);
    });
    return allowed(template, 'Person').sort();
  }
  const EXPORTS = '<SyncBucketsExportBucket>';
  const KEY = '<SyncEncryptionKey>';

  it('to upload exports', () => {
    expect(granted((system, role) => system.grantUpload(role))).toEqual([
      `kms:Decrypt ${KEY}`,
      `kms:GenerateDataKey ${KEY}`,
      `s3:AbortMultipartUpload ${EXPORTS}/exports/*`,
      `s3:AbortMultipartUpload ${EXPORTS}/resync/*`,
      `s3:PutObject ${EXPORTS}/exports/*`,
      `s3:PutObject ${EXPORTS}/resync/*`,
    ]);
  });

  it('to read exports', () => {
    expect(granted((system, role) => system.grantReadExports(role))).toEqual([
      `kms:Decrypt ${KEY}`,
      `s3:GetObject ${EXPORTS}/exports/*`,
      `s3:GetObject ${EXPORTS}/resync/*`,
      `s3:GetObject <SyncBucketsRunBucket>/texts/*`,
      `s3:GetObjectVersion ${EXPORTS}/exports/*`,
      `s3:GetObjectVersion ${EXPORTS}/resync/*`,
    ]);
  });

  it('to send live events', () => {
    expect(granted((system, role) => system.grantSendEvents(role))).toEqual([
      'events:PutEvents <SyncLiveEventsEventBus>',
    ]);
  });

  const documentedGrants: readonly (readonly [
    what: string,
    grant: 'grantOperate' | 'grantErase',
    head: string,
    names: typeof OPERATED,
  ])[] = [
    ['operate', 'grantOperate', 'on', OPERATED],
    ['erase customers', 'grantErase', 'erasing on', ERASED],
  ];

  it.each(documentedGrants)('to %s: what docs/security.md says, besides the key', (_what, grant, head, names) => {
    const actions = granted((system, role) => system[grant](role));
    const named = actions.map((access) => {
      const [action = '', resource = ''] = access.split(' ');
      const [, where] = names.find(([pattern]) => pattern.test(resource)) ?? [];
      return `${action} on ${where ?? resource}`;
    });
    const onKey = ['kms:Decrypt', 'kms:GenerateDataKey'].map((action) => `${action} on ${KEY}`);
    expect([...new Set(named)].sort()).toEqual([...documented(head), ...onKey].sort());
  });

  it('never of the key itself: it may protect other data of the account', () => {
    for (const grant of ['grantUpload', 'grantOperate', 'grantErase'] as const) {
      const template = ownStack((stack) => {
        systemIn(stack, 'Sync')[grant](
          new Role(stack, 'Person', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') }),
        );
      });
      const { PolicyDocument } = resourceNamed(template, 'AWS::IAM::Policy', 'PersonDefaultPolicy').Properties;
      const { Statement } = PolicyDocument as {
        readonly Statement: readonly { Action: unknown; Condition?: object }[];
      };
      const onKey = Statement.filter(({ Action }) => JSON.stringify(Action).includes('kms:'));
      expect(onKey.map(({ Condition }) => Condition)).toMatchObject([
        { StringEquals: { 'kms:ViaService': [{}, {}, {}] } },
      ]);
    }
  });
});
