import { describe, expect, it } from 'vitest';
import { ratesOf, type StackOutputs } from '../../cli/connect/connected-stack.ts';
import { newStack, refused, systemIn } from './own-app.ts';
import { readable, resourceNamed, resourcesOf, synthesized } from './synthesized.ts';

const off = synthesized({ quota: '40' });
const byItem = synthesized({ quota: '40', batchQuota: '80' });
const byCall = synthesized({ quota: '40', batchQuota: '80', batchPermitFor: 'call' });
type SynthesizedTemplate = typeof off;

const variables = (template: SynthesizedTemplate, name: string): Record<string, string> =>
  Object(resourceNamed(template, 'AWS::Lambda::Function', `${name}Function`).Properties.Environment).Variables;
const actionsOf = (template: SynthesizedTemplate, role: string): string[] =>
  resourcesOf(template, 'AWS::IAM::Policy')
    .filter(([name]) => name.startsWith(role))
    .flatMap(
      ([, { Properties }]) => (readable(Properties.PolicyDocument) as { Statement: { Action: unknown }[] }).Statement,
    )
    .flatMap(({ Action }) => Action as string | string[])
    .filter((action) => action.startsWith('profile:'));
const workers = (template: SynthesizedTemplate): number =>
  Number(
    resourceNamed(template, 'AWS::Lambda::Function', 'FunctionsSyncChunkFunction').Properties
      .ReservedConcurrentExecutions,
  );
const outputsOf = (template: SynthesizedTemplate): StackOutputs =>
  Object.fromEntries(
    Object.entries(template.findOutputs('*')).map(([name, { Value }]) => [name, Value]),
  ) as unknown as StackOutputs;

describe('exports in batches', () => {
  it('are off by default: no variable, permission or output says anything of them', () => {
    expect(JSON.stringify(off.toJSON())).not.toMatch(/BatchPutProfileObject|RATES_OF_OTHER_APIS/);
    expect(ratesOf(outputsOf(off))).toEqual({
      quotas: { PutProfileObject: 40 },
      exportRate: { api: 'PutProfileObject', recordsPerPermit: 1 },
    });
  });

  it.each([
    ['item', byItem, 1],
    ['call', byCall, 10],
  ] as const)('with a permit for each %s tell workers and commands so', (permitFor, template, recordsPerPermit) => {
    const rates = { BatchPutProfileObject: { quota: 80, reserve: 0, permitFor } };
    for (const name of ['FunctionsSyncChunk', 'FunctionsSplitExport', 'LiveEventsSyncEvent']) {
      expect(JSON.parse(variables(template, name).RATES_OF_OTHER_APIS ?? '')).toEqual(rates);
    }
    const { RATE_QUOTA, RECORDS_PER_PERMIT = '1' } = variables(template, 'FailureReportReportFailure');
    expect([RATE_QUOTA, RECORDS_PER_PERMIT]).toEqual(['80', String(recordsPerPermit)]);
    expect(ratesOf(outputsOf(template))).toEqual({
      quotas: { PutProfileObject: 40, BatchPutProfileObject: 80 },
      exportRate: { api: 'BatchPutProfileObject', recordsPerPermit },
    });
  });

  it('have workers for the records per second, which live events do not need', () => {
    expect([workers(off), workers(byItem), workers(byCall)]).toEqual([12, 20, 140]);
    const poller = (template: SynthesizedTemplate) =>
      resourcesOf(template, 'AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => Properties.ScalingConfig);
    expect(poller(byCall)).toEqual(poller(off));
  });

  it('let the worker of exports send them, and that of live events no more than before', () => {
    const both = ['profile:BatchPutProfileObject', 'profile:PutProfileObject'];
    expect(actionsOf(byItem, 'FunctionsSyncChunkRole').sort()).toEqual(both);
    expect(actionsOf(off, 'FunctionsSyncChunkRole')).toEqual(['profile:PutProfileObject']);
    expect(actionsOf(byItem, 'LiveEventsSyncEventRole')).toEqual(['profile:PutProfileObject']);
  });

  it.each([
    [{ batchPermitFor: 'call' }, /batchPermitFor is "call", but exports are not sent in batches\. Give batchQuota/],
    [{ batchQuota: 4 }, /The quota of BatchPutProfileObject is 4; .*5 or more/],
    [
      { batchQuota: 80, batchPermitFor: 'call', reservedConcurrency: 22 },
      /reservedConcurrency is 22; .*fewer than 23 workers/,
    ],
  ] as const)('are refused with settings that do not fit: %j', (given, message) => {
    refused(() => systemIn(newStack(), 'Sync', given), message);
  });

  it('of two systems that share a budget have one quota and one kind of permit', () => {
    const stack = newStack();
    const { budget: budgetTable } = systemIn(stack, 'Customers', { batchQuota: 80 }).tables;
    const other = { name: 'partners', domainName: 'partners', budgetTable };
    const message = /share a budget table, but not what is in it: .*of BatchPutProfileObject/;
    refused(() => systemIn(stack, 'A', { ...other, batchQuota: 60 }), message);
    refused(() => systemIn(stack, 'B', { ...other, batchQuota: 80, batchPermitFor: 'call' }), message);
  });
});
