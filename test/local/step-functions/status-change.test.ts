import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, expect, it } from 'vitest';
import { INVOKING, MACHINE_ARN, type Served, serve } from './served.ts';

let served: Served;
afterEach(() => served.close());

it('each change of an execution’s status is an event in the shape of EventBridge', async () => {
  served = await serve({
    lambda: () => {
      throw Object.assign(new Error('no domain'), { name: 'ProfilesNotFound' });
    },
  });
  served.machine(INVOKING);
  const input = '{"a":1}';
  const { executionArn } = await served.client.send(
    new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, name: 'run', input }),
  );
  const { startDate, stopDate } = await served.ended(executionArn);
  const envelope = {
    version: '0',
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    account: '000000000000',
    region: 'us-east-1',
    resources: [executionArn],
  };
  const common = {
    executionArn,
    stateMachineArn: MACHINE_ARN,
    name: 'run',
    startDate: startDate?.getTime(),
    input,
    inputDetails: { included: true },
    output: null,
    outputDetails: null,
    redriveCount: 0,
    redriveDate: null,
  };
  expect(served.events).toMatchObject([
    {
      ...envelope,
      detail: {
        ...common,
        status: 'RUNNING',
        stopDate: null,
        redriveStatus: 'NOT_REDRIVABLE',
        error: null,
        cause: null,
      },
    },
    {
      ...envelope,
      detail: {
        ...common,
        status: 'FAILED',
        stopDate: stopDate?.getTime(),
        redriveStatus: 'REDRIVABLE',
        redriveStatusReason: 'Execution is FAILED and is redrivable',
        error: 'ProfilesNotFound',
        cause: '{"errorType":"ProfilesNotFound","errorMessage":"no domain"}',
      },
    },
  ]);
  expect(served.events[0]?.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});
