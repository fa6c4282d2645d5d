import { SendMessageCommand, SQSClient, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../functions/shared/clock.ts';
import { deadLetters, nameOf, sendEvents, smallEvents, untilLiveQueueIsEmpty } from '../helpers/live-events.ts';
import { findProfiles } from '../helpers/profiles.ts';
import { SMALL_KEY, smallExport, smallMappingFile } from '../helpers/small-export.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';

const QUOTA = 50;
/** What a poison record's object alone has. */
const POISON = '"P-0"';

let test: TestStack;
let sqs: SQSClient;
let setAside: number;
beforeAll(async () => {
  test = await startTestStack({
    quota: QUOTA,
    mapping: smallMappingFile(),
    settings: { latencyMs: { median: 10, spread: 0 } },
    timeScale: 0.05,
  });
  const { url: endpoint, region, credentials } = test.stack;
  sqs = new SQSClient({ endpoint, region, credentials, useQueueUrlAsEndpoint: false });
});
afterAll(async () => {
  sqs.destroy();
  await test.stop();
});
beforeEach(() => {
  setAside = deadLetters(test).length;
});
afterEach(() => test.stack.customerProfiles.configure({ fault: undefined }));

/** What was put aside in this test. */
const newDeadLetters = () => deadLetters(test).slice(setAside);
const calls = () => test.stack.customerProfiles.stats().accepted;

/** Another content for one customer waits for some seconds after the last call. */
const afterSpacing = () => systemClock.sleep(3_100);

async function arrive(details: readonly unknown[], type?: string): Promise<string[]> {
  const ids = await sendEvents(test, details, type);
  await untilLiveQueueIsEmpty(test);
  return ids;
}

/** Waits until each of these events that wait was given out more than once. */
async function untilAllCameAgain(events: number): Promise<void> {
  for (;;) {
    const waiting = test.stack.sqs.messages(test.stack.outputs.LiveQueueUrl ?? '');
    expect(waiting).toHaveLength(events);
    if (waiting.every(({ received }) => received > 1)) return;
    await systemClock.sleep(50);
  }
}

describe('a live event', () => {
  it('creates a profile, and the next one updates it', async () => {
    await arrive(smallEvents({ 'A-1': 'first' }));
    expect(await nameOf(test, 'A-1')).toBe('first');
    await arrive(smallEvents({ 'A-1': 'second' }));
    expect(await findProfiles(test.stack, SMALL_KEY, 'A-1')).toMatchObject([{ FirstName: 'second' }]);
    expect(newDeadLetters()).toEqual([]);
  });

  it('that changes nothing, or comes twice, costs no call', async () => {
    const [detail] = smallEvents({ 'B-1': 'same' });
    await arrive([detail]);
    const before = calls();
    await arrive([detail, detail, detail]);
    expect([calls() - before, await nameOf(test, 'B-1')]).toEqual([0, 'same']);
  });

  it('that was taken before an export is stale; one after it counts', async () => {
    const early = new Date(Date.now() - 60_000).toISOString();
    await test.succeed('order.csv', smallExport(2, 'export', 'C'));
    await arrive(smallEvents({ C0: 'before' }, early));
    expect(await nameOf(test, 'C0')).toBe('export 0');
    await arrive(smallEvents({ C0: 'after' }));
    expect(await nameOf(test, 'C0')).toBe('after');
    expect(newDeadLetters()).toEqual([]);
  });

  it('is not overwritten by an export that was taken before it', async () => {
    await arrive(smallEvents({ D0: 'live' }, '2026-01-02T00:00:00Z'));
    await afterSpacing();
    const line = (name: string, version: string) => `4,X,x,${version},D0,${name}`;
    const header = '_row,_code,_reason,_version,id,name';
    const old = '2026-01-01T00:00:00.000Z/2026-01-01T00:00:00.000Z/2';
    const { summary } = await test.succeed('old.csv', [header, line('old', old)].join('\n'));
    expect([summary.stale, await nameOf(test, 'D0')]).toEqual([1, 'live']);
  });
});

describe('what can not be synced', () => {
  it.each([
    ['INVALID_EVENT', { customer: {} }],
    ['INVALID_EVENT', { record: { id: 'E-1', name: 'x' }, time: 'noon' }],
    ['MISSING_KEY', { record: { name: 'nobody' } }],
    ['NOT_SCALAR', { record: { id: 'E-2', name: ['x'] } }],
    ['TOO_LONG', { record: { id: 'E-3', name: 'x'.repeat(256) } }],
  ])('is in the dead-letter queue with %s and its event as it was', async (code, detail) => {
    const [eventId] = await arrive([detail]);
    const [letter, ...others] = newDeadLetters();
    expect(others).toEqual([]);
    expect(letter?.attributes).toEqual({ code, reason: expect.any(String), eventId });
    expect(JSON.parse(letter?.body ?? '')).toMatchObject({ id: eventId, detail });
  });

  it('is also an event of another type, and what stands in the queue without one', async () => {
    await arrive(smallEvents({ 'F-1': 'x' }), 'Order Placed');
    const QueueUrl = test.stack.outputs.LiveQueueUrl;
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
    await untilLiveQueueIsEmpty(test);
    expect(newDeadLetters().map(({ attributes }) => attributes.code)).toEqual(['INVALID_EVENT', 'INVALID_EVENT']);
  });

  it('is synced when its message is moved back to the live queue and can be', async () => {
    test.stack.customerProfiles.configure({ fault: { error: 'InternalServerException', forObjectsWith: '"G-0"' } });
    const poison = smallEvents({ 'G-0': 'late' });
    await sendEvents(test, poison);
    for (let n = 0; newDeadLetters().length === 0; n += 1) {
      await sendEvents(test, smallEvents({ [`G-other-${n}`]: 'x' }));
      await systemClock.sleep(500);
    }
    expect(newDeadLetters()[0]?.attributes.code).toBe('SERVICE_ERROR');
    test.stack.customerProfiles.configure({ fault: undefined });
    const { DeadLetterQueueArn: SourceArn, LiveQueueArn: DestinationArn } = test.stack.outputs;
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn, DestinationArn }));
    await untilLiveQueueIsEmpty(test);
    expect(await nameOf(test, 'G-0')).toBe('late');
  });
});

describe('a service in trouble', () => {
  it('loses nothing in a storm of throttling, and each event comes again until it is synced', async () => {
    test.stack.customerProfiles.configure({ fault: { error: 'ThrottlingException' } });
    await sendEvents(
      test,
      smallEvents(Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`H-${n}`, `storm ${n}`]))),
    );
    await untilAllCameAgain(30);
    test.stack.customerProfiles.configure({ fault: undefined });
    await untilLiveQueueIsEmpty(test);
    for (const n of [0, 13, 29]) expect(await nameOf(test, `H-${n}`)).toBe(`storm ${n}`);
    expect(newDeadLetters()).toEqual([]);
  });

  it('that refuses access gets the events once it allows it; none is put aside', async () => {
    test.stack.customerProfiles.configure({ fault: { error: 'AccessDeniedException' } });
    await sendEvents(test, smallEvents({ 'I-1': 'denied' }));
    await untilAllCameAgain(1);
    test.stack.customerProfiles.configure({ fault: undefined });
    await untilLiveQueueIsEmpty(test);
    expect([await nameOf(test, 'I-1'), newDeadLetters()]).toEqual(['denied', []]);
  });

  it('on one record alone: the others are not held up by it', async () => {
    test.stack.customerProfiles.configure({ fault: { error: 'InternalServerException', forObjectsWith: POISON } });
    await sendEvents(
      test,
      smallEvents(Object.fromEntries(Array.from({ length: 25 }, (_, n) => [`P-${n}`, `beside ${n}`]))),
    );
    while ((await nameOf(test, 'P-24')) !== 'beside 24') await systemClock.sleep(100);
    expect(newDeadLetters()).toEqual([]);
    test.stack.customerProfiles.configure({ fault: undefined });
    await untilLiveQueueIsEmpty(test);
    expect(await nameOf(test, 'P-0')).toBe('beside 0');
  });
});

describe('live events during a run', () => {
  const CUSTOMERS = 600;

  it('win over its older rows, and do not wait for its end', async () => {
    const before = calls();
    const run = test.succeed('beside.csv', smallExport(CUSTOMERS, 'export', 'R'));
    const touched = Array.from({ length: 20 }, (_, n) => `R${n * 30}`);
    // The export was taken when it was uploaded: from then on an event is newer.
    while ((await nameOf(test, 'R0')) === undefined) await systemClock.sleep(50);
    await arrive(smallEvents(Object.fromEntries(touched.map((key) => [key, `live ${key}`]))));
    expect(calls() - before).toBeLessThan(CUSTOMERS);
    const { summary } = await run;

    expect(summary.rows).toBe(CUSTOMERS);
    expect(summary.synced + summary.stale + summary.unchanged).toBe(CUSTOMERS);
    for (const key of touched) expect(await nameOf(test, key)).toBe(`live ${key}`);
    expect(await nameOf(test, 'R1')).toBe('export 1');
    expect(newDeadLetters()).toEqual([]);
  });
});
