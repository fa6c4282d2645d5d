import { describe, expect, it } from 'vitest';
import { createEvents } from '../../../local/events/events.ts';
import { targetOf } from '../../../local/events/targets.ts';
import type { Refusal } from '../../../local/iam/access.ts';
import type { BusEvent } from '../../../local/service.ts';
import { SqsError } from '../../../local/sqs/errors.ts';
import type { QueueClient } from '../../../local/sqs/sqs.ts';

const EVENT: BusEvent = {
  version: '0',
  id: '3f6f1ff6-52b2-4b4a-8d14-6c8cf1d1f0aa',
  source: 'aws.s3',
  'detail-type': 'Object Created',
  account: '000000000000',
  time: '2026-11-22T01:00:00Z',
  region: 'us-east-1',
  resources: [],
  detail: { object: { key: 'exports/a.csv' } },
};

const RULE = { arn: 'arn:aws:events:us-east-1:000000000000:rule/live/rule' };
const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:profile-sync';
const ROLE = 'arn:aws:iam::000000000000:role/rule';
const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:report-failure';
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:live';
const DEAD_LETTERS = 'arn:aws:sqs:us-east-1:000000000000:dead';
const model = {
  stateMachines: [{ name: 'profile-sync', arn: MACHINE, definition: '{}', roleArn: 'role' }],
  functions: [
    {
      name: 'report-failure',
      codeDirectory: '',
      handler: 'index.handler',
      environment: {},
      timeoutSeconds: 60,
      memoryMb: 256,
      logGroup: 'logs',
      roleArn: 'role',
    },
  ],
  queues: [
    {
      name: 'live',
      arn: QUEUE,
      url: 'https://sqs.us-east-1.amazonaws.com/000000000000/live',
      visibilityTimeoutSeconds: 30,
      delaySeconds: 0,
      retentionSeconds: 60,
      receiveWaitSeconds: 0,
      maxMessageBytes: 1024,
    },
  ],
};

/** Services that note what they are asked for. */
function services() {
  const started: { stateMachineArn: string; name: string; input: string }[] = [];
  const invoked: unknown[] = [];
  const sent: Parameters<QueueClient['send']>[] = [];
  return {
    started,
    invoked,
    sent,
    sqs: { send: (...call: Parameters<QueueClient['send']>) => void sent.push(call) },
    stepFunctions: { startExecution: (input: (typeof started)[number]) => started.push(input) },
    lambda: { invokeLater: (...call: unknown[]) => void invoked.push(call) },
  };
}

describe('the event bus', () => {
  it('hands an event to every target of every rule that matches, after the publisher went on', async () => {
    const events = createEvents({ onFailure: () => {} });
    const seen: string[] = [];
    const target = (name: string) => async () => void seen.push(name);
    events.putRule({
      arn: 'one',
      bus: 'default',
      pattern: { source: ['aws.s3'] },
      targets: [target('one/a'), target('one/b')],
    });
    events.putRule({ arn: 'two', bus: 'default', pattern: { source: ['aws.states'] }, targets: [target('two')] });
    events.putRule({
      arn: 'three',
      bus: 'default',
      pattern: { 'detail-type': ['Object Created'] },
      targets: [target('three')],
    });

    events.start();
    events.publish(EVENT);
    expect(seen).toEqual([]);
    await new Promise(setImmediate);
    await events.close();

    expect(seen).toEqual(['one/a', 'one/b', 'three']);
  });

  it('reports a target that refuses, and the other targets get the event all the same', async () => {
    const failures: unknown[] = [];
    const events = createEvents({ onFailure: (rule, { id }, error) => failures.push([rule, id, String(error)]) });
    const seen: string[] = [];
    const refuse = async () => {
      throw new Error('no');
    };
    events.putRule({
      arn: 'rule',
      bus: 'default',
      pattern: { source: ['aws.s3'] },
      targets: [refuse, async () => void seen.push('ok')],
    });

    events.start();
    events.publish(EVENT);
    await new Promise(setImmediate);
    await events.close();

    expect(failures).toEqual([['rule', EVENT.id, 'Error: no']]);
    expect(seen).toEqual(['ok']);
  });

  it('delivers nothing once it is closed', async () => {
    const events = createEvents({ onFailure: () => {} });
    const seen: string[] = [];
    events.putRule({
      arn: 'rule',
      bus: 'default',
      pattern: { source: ['aws.s3'] },
      targets: [async () => void seen.push('late')],
    });
    events.start();
    events.publish(EVENT);
    await events.close();
    await new Promise(setImmediate);
    expect(seen).toEqual([]);
  });

  it('keeps what is published before its targets are ready', async () => {
    const events = createEvents({ onFailure: () => {} });
    const seen: string[] = [];
    events.publish(EVENT);
    await new Promise(setImmediate);
    events.putRule({
      arn: 'rule',
      bus: 'default',
      pattern: { source: ['aws.s3'] },
      targets: [async () => void seen.push('kept')],
    });

    events.start();
    await new Promise(setImmediate);
    await events.close();

    expect(seen).toEqual(['kept']);
  });
});

describe('a target', () => {
  it('that is a state machine is started with the whole event, under a name that the same event always gets', async () => {
    const { started, ...asked } = services();
    const deliver = targetOf(RULE, { id: 'Target0', arn: MACHINE, roleArn: ROLE }, model, asked);

    await deliver(EVENT);
    await deliver(EVENT);

    expect(started[0]?.stateMachineArn).toBe(MACHINE);
    expect(JSON.parse(started[0]?.input ?? '')).toEqual(EVENT);
    expect(started[0]?.name).toMatch(new RegExp(`^${EVENT.id}_[0-9a-f-]{36}$`));
    expect(started[1]?.name).toBe(started[0]?.name);
  });

  it('that is a function gets the whole event', async () => {
    const { invoked, ...asked } = services();
    await targetOf(RULE, { id: 'Target0', arn: FUNCTION }, model, asked)(EVENT);
    expect(invoked).toEqual([[FUNCTION, EVENT]]);
  });

  it('that is a queue gets the text of the whole event, in the name of the rule', async () => {
    const { sent, ...asked } = services();
    await targetOf(RULE, { id: 'Target0', arn: QUEUE }, model, asked)(EVENT);
    const message = { body: JSON.stringify(EVENT), attributes: {} };
    expect(sent).toEqual([[QUEUE, message, { service: 'events.amazonaws.com' }, RULE.arn]]);
  });

  it.each([
    ['that policies refuse', () => 'no policy allows it', undefined, 'NO_PERMISSIONS', 'no policy allows it'],
    [
      'that its queue refuses',
      undefined,
      new SqsError('AccessDeniedException', 'the queue does not allow it'),
      'NO_PERMISSIONS',
      'the queue does not allow it',
    ],
    ['that fails', undefined, new Error('too long'), 'SDK_CLIENT_ERROR', 'too long'],
  ])('%s has its events in its dead-letter queue, with the reason', async (_, refuse, error, code, message) => {
    const { sent, ...asked } = services();
    const sqs = {
      send(...call: Parameters<QueueClient['send']>) {
        if (call[0] === QUEUE && error) throw error;
        sent.push(call);
      },
    };
    const arn = refuse ? FUNCTION : QUEUE;
    const all = { ...asked, sqs, ...(refuse && { refuse }) };
    await targetOf(RULE, { id: 'Target0', arn, deadLetterArn: DEAD_LETTERS }, model, all)(EVENT);
    const text = (StringValue: string) => ({ DataType: 'String', StringValue });
    const attributes = {
      RULE_ARN: text(RULE.arn),
      TARGET_ARN: text(arn),
      ERROR_CODE: text(code),
      ERROR_MESSAGE: text(message),
    };
    const letter = { body: JSON.stringify(EVENT), attributes };
    expect(sent).toEqual([[DEAD_LETTERS, letter, { service: 'events.amazonaws.com' }, RULE.arn]]);
  });

  it('of any other kind is refused by its ARN', () => {
    const stream = { id: 'Target0', arn: 'arn:aws:kinesis:us-east-1:000000000000:stream/events' };
    expect(() => targetOf(RULE, stream, model, services())).toThrow(stream.arn);
  });

  it('gets no event that policies do not let it have: a state machine by its role, a function by its own policy', async () => {
    const asked: unknown[] = [];
    const refuse: Refusal = (who, access) => {
      asked.push([who, access]);
      return `refused ${access.action}`;
    };
    const { started, invoked, ...others } = services();
    const all = { ...others, refuse };

    const machine = targetOf(RULE, { id: 'Target0', arn: MACHINE, roleArn: ROLE }, model, all)(EVENT);
    await expect(machine).rejects.toThrow('refused states:StartExecution');
    await expect(targetOf(RULE, { id: 'Target0', arn: FUNCTION }, model, all)(EVENT)).rejects.toThrow(
      'refused lambda:InvokeFunction',
    );

    expect([started, invoked]).toEqual([[], []]);
    const context = { 'aws:sourcearn': RULE.arn };
    expect(asked).toEqual([
      [
        { role: ROLE, service: 'events.amazonaws.com', session: expect.any(String), source: RULE.arn },
        { action: 'states:StartExecution', resource: MACHINE },
      ],
      [{ service: 'events.amazonaws.com' }, { action: 'lambda:InvokeFunction', resource: FUNCTION, context }],
    ]);
  });

  it('that is a state machine needs a role', () => {
    expect(() => targetOf(RULE, { id: 'Target0', arn: MACHINE }, model, services())).toThrow('RoleArn');
  });
});
