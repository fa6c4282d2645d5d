import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followEvents } from '../../../cli/live/event-fates.ts';
import { type FileEvent, readEventFile } from '../../../cli/live/event-file.ts';
import { describeFates, percentile } from '../../../cli/live/event-result.ts';
import { putEvents, type SentEvent } from '../../../cli/live/put-events.ts';
import { UserError } from '../../../cli/user-error.ts';
import { systemClock } from '../../../functions/shared/clock.ts';
import { loadMapping } from '../../../functions/shared/mapping/load.ts';
import { createFakeClock } from '../../helpers/fake-clock.ts';
import { smallMappingFile } from '../../helpers/small-export.ts';
import { startTestStack, type TestStack } from '../../helpers/stack.ts';

const NEVER = new AbortController().signal;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'send-event-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(content: string): string {
  const path = join(folder, 'events');
  writeFileSync(path, content);
  return path;
}

const event = (record: object, more: object = {}) => ({
  source: 'crm.example',
  'detail-type': 'Customer Changed',
  detail: { record, ...more },
});
const text = (id: string) => JSON.stringify(event({ id, name: 'Zaphod' }));

describe('a file of events', () => {
  it.each([
    ['one event as JSON', `\uFEFF${JSON.stringify(event({ id: '1' }), null, 2)}`, ['event 1']],
    ['an array of them', JSON.stringify([event({ id: '1' }), event({ id: '2' })], null, 2), ['event 1', 'event 2']],
    ['JSON Lines, blank ones between them', `${text('1')}\r\n\n${text('2')}\n`, ['line 1', 'line 3']],
  ])('may be %s', (_, content, places) => {
    expect(readEventFile(file(content)).map(({ where }) => where)).toEqual(places);
  });

  it('is sent as it is: numbers keep their text', () => {
    const [read] = readEventFile(file(text('1').replace('"1"', '1.50')));
    expect(read?.detail).toBe('{"record":{"id":1.50,"name":"Zaphod"}}');
  });

  it.each([
    ['no file', undefined, /can't be read/],
    ['an empty file', '', /holds no event/],
    ['an empty array', '[]', /holds no event/],
    ['broken JSON', '[\n{"name": "Zaphod",]', /line 2, column 19/],
    ['a broken line', `${text('1')}\n{"name": Zaphod}`, /line 2 is not JSON: look at column 10/],
    ['a line that is no object', `${text('1')}\n"Zaphod"`, /line 2: the event must be object/],
    ['no detail', '{"source":"x","detail-type":"Customer Changed"}', /event 1: .* required property 'detail'/],
    ['another type', text('1').replace('Changed', 'Zaphod'), /detail-type must be "Customer Changed"/],
    ['no record', JSON.stringify(event({})).replace('record', 'zaphod'), /detail must have required property 'record'/],
    [
      'a record that is none',
      JSON.stringify({ ...event({}), detail: { record: ['Zaphod'] } }),
      /detail.record must be object/,
    ],
    [
      'a bad time',
      JSON.stringify(event({}, { time: 'Zaphod' })),
      /detail.time must be an ISO 8601 time with an offset/,
    ],
  ])('with %s is refused: it says where and what is allowed, and quotes nothing', (_, content, message) => {
    const path = content === undefined ? join(folder, 'none') : file(content);
    expect(() => readEventFile(path)).toThrow(UserError);
    expect(() => readEventFile(path)).toThrow(message);
    expect(() => readEventFile(path)).not.toThrow(/Zaphod/);
  });
});

/** A bus that answers each call with these codes, in turn, one for each entry; then it takes everything. */
function bus(...answers: (string | undefined)[][]) {
  const calls: { at: number; details: string[] }[] = [];
  const clock = createFakeClock();
  let ids = 0;
  const client = {
    async send({ input }: { input: { Entries: { Detail: string }[] } }) {
      calls.push({ at: clock.now(), details: input.Entries.map(({ Detail }) => Detail) });
      const codes = answers.shift() ?? [];
      return {
        Entries: input.Entries.map((_, index) => {
          ids += 1;
          return codes[index] ? { ErrorCode: codes[index] } : { EventId: `id-${ids}` };
        }),
      };
    },
  } as unknown as EventBridgeClient;
  return { calls, clock, client };
}

const fileEvents = (count: number, size = 1): FileEvent[] =>
  Array.from({ length: count }, (_, n) => ({
    where: `line ${n + 1}`,
    source: 'crm.example',
    detailType: 'Customer Changed',
    detail: `${n}`.padEnd(size),
    record: {},
  }));

describe('sending', () => {
  const send = ({ client, clock }: ReturnType<typeof bus>, events: FileEvent[], rate?: number) =>
    clock.until(putEvents(client, events, { bus: 'b', rate, clock, signal: NEVER }));

  it('puts ten events into a call', async () => {
    const to = bus();
    expect((await send(to, fileEvents(25))).sent).toHaveLength(25);
    expect(to.calls.map(({ details }) => details.length)).toEqual([10, 10, 5]);
  });

  it('puts no more into a call than EventBridge takes', async () => {
    const to = bus();
    await send(to, fileEvents(4, 200_000));
    expect(to.calls.map(({ details }) => details.length)).toEqual([2, 2]);
  });

  it('sends entries that failed again, and only these', async () => {
    const to = bus([undefined, 'ThrottlingException', undefined]);
    const { sent } = await send(to, fileEvents(3));
    expect(to.calls.map(({ details }) => details)).toEqual([['0', '1', '2'], ['1']]);
    expect(sent.map(({ event: { where } }) => where)).toEqual(['line 1', 'line 3', 'line 2']);
  });

  it('ends at an event that EventBridge refuses, and says what was sent', async () => {
    const to = bus([undefined, 'NotAuthorizedForSourceException']);
    const { sent, failure } = await send(to, fileEvents(12));
    expect(to.calls).toHaveLength(1);
    expect(sent.map(({ event: { where } }) => where)).toEqual([1, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => `line ${n}`));
    expect(failure).toBe(
      'EventBridge refused line 2 (NotAuthorizedForSourceException). The first that was not sent is line 2.',
    );
  });

  it('ends when EventBridge takes no more, and says what was sent', async () => {
    const full = bus([undefined, 'ThrottlingException'], ...Array.from({ length: 30 }, () => ['ThrottlingException']));
    const { sent, failure } = await send(full, fileEvents(2));
    expect([sent.length, full.calls.length]).toEqual([1, 20]);
    expect(failure).toBe('EventBridge takes no more events. The first that was not sent is line 2.');
  });

  it('ends when a later call fails, and says what was sent', async () => {
    const to = bus();
    const client = {
      send: async (command: object) => {
        if (to.calls.length === 2) throw Object.assign(new Error('secret'), { name: 'TimeoutError' });
        return to.client.send(command as PutEventsCommand);
      },
    } as unknown as EventBridgeClient;
    const { sent, failure } = await send({ ...to, client }, fileEvents(25));
    expect(sent).toHaveLength(20);
    expect(failure).toBe('The next call to EventBridge failed (TimeoutError); it may have taken up to ten more.');
  });

  it('is a wrong call if EventBridge took nothing', async () => {
    const refused = send(bus(['NotAuthorizedForSourceException']), fileEvents(1));
    await expect(refused).rejects.toThrow(UserError);
    const full = bus(...Array.from({ length: 30 }, () => ['ThrottlingException']));
    await expect(send(full, fileEvents(1))).rejects.toThrow('takes no more events. Nothing was sent.');
  });

  it('keeps to a rate', async () => {
    const to = bus();
    await send(to, fileEvents(30), 5);
    const [first, last] = [to.calls[0]?.at ?? 0, to.calls.at(-1)?.at ?? 0];
    expect(last - first).toBeGreaterThanOrEqual(5_600);
    expect(last - first).toBeLessThanOrEqual(6_000);
  });
});

describe('what became of the events', () => {
  let test: TestStack;
  let mappingFile: string;
  beforeAll(async () => {
    mappingFile = smallMappingFile();
    const settings = { latencyMs: { median: 10, spread: 0 } };
    test = await startTestStack({ quota: 100, mapping: mappingFile, settings });
  });
  afterAll(() => test.stop());

  it('is told by the ledger and the dead letters, whatever else lies there', async () => {
    const at = (second: number) => `2026-01-01T00:00:0${second}Z`;
    const follow = async (details: readonly [object, object?][]) => {
      const events = readEventFile(
        file(details.map(([record, more]) => JSON.stringify(event(record, more))).join('\n')),
      );
      const { clients, stack } = test;
      const bus = stack.outputs.EventBusName ?? '';
      const { sent } = await putEvents(clients.events, events, {
        bus,
        rate: undefined,
        clock: systemClock,
        signal: NEVER,
      });
      return { sent, fates: await followEvents(sent, loadMapping(mappingFile), test.connected) };
    };
    const faulty = Array.from({ length: 12 }, (): [object] => [{ name: 'nobody' }]);
    expect((await follow(faulty)).fates).toMatchObject({ sent: 12, putAside: { MISSING_KEY: 12 } });

    const first = await follow([[{ id: 'a', name: 'A' }, { time: at(5) }]]);
    expect(first.fates).toEqual({
      sent: 1,
      latencies: [expect.any(Number)],
      unchanged: 0,
      stale: 0,
      putAside: {},
      notArrived: 0,
    });
    const { fates } = await follow([
      [{ id: 'a', name: 'A' }, { time: at(6) }],
      [{ id: 'a', name: 'Old' }, { time: at(4) }],
      [{ id: 'b', name: 'B' }],
      [{ id: 'c', name: ['C'] }],
    ]);
    expect(fates).toMatchObject({ sent: 4, unchanged: 1, stale: 1, putAside: { NOT_SCALAR: 1 }, notArrived: 0 });
    expect(fates.latencies).toHaveLength(1);

    const lost: SentEvent[] = first.sent.map((each) => ({
      ...each,
      id: 'lost',
      event: { ...each.event, record: { id: 'x' } },
    }));
    expect(await followEvents(lost, loadMapping(mappingFile), test.connected)).toMatchObject({ notArrived: 1 });
  });
});

describe('the result', () => {
  const at = { events: 3, failure: undefined, seconds: 1.25, deadLetterQueueUrl: 'https://sqs/dead' };
  const ARRIVED = { sent: 3, latencies: [100, 200, 1_500], unchanged: 0, stale: 0, putAside: {}, notArrived: 0 };

  it('is a success when all arrived', () => {
    const { text, json, failed } = describeFates(ARRIVED, at);
    expect(failed).toBe(false);
    expect(text).toMatch(/3 events sent\.\n {2}synced {8}3\n/);
    expect(text).toContain('median 200 ms, 99th percentile 1,500 ms');
    expect(text).not.toContain('dead');
    expect(json).toEqual({
      ...{ sent: 3, notSent: 0, synced: 3, unchanged: 0, stale: 0, putAside: 0, putAsideByCode: {}, notArrived: 0 },
      ...{ latencyMs: { median: 200, p99: 1_500 }, seconds: 1.25 },
    });
  });

  it('is none when not all were sent, and says how many were', () => {
    const { text, json, failed } = describeFates(ARRIVED, {
      ...at,
      events: 5,
      failure: 'EventBridge refused line 4 (X).',
    });
    expect(failed).toBe(true);
    expect(text).toMatch(/^3 of 5 events sent\. EventBridge refused line 4 \(X\)\.\n/);
    expect(json).toMatchObject({ sent: 3, notSent: 2 });
  });

  it.each([
    [
      'put aside',
      { putAside: { TOO_LONG: 2, INVALID_EVENT: 1 } },
      /3 \(TOO_LONG 2, INVALID_EVENT 1\)\n.*\n.*\n.*https:\/\/sqs\/dead/,
    ],
    ['not arrived', { notArrived: 2 }, /not arrived {3}2/],
  ])('is none when events were %s, and says where to look', (_, over, words) => {
    const { text, failed } = describeFates({ ...ARRIVED, ...over }, at);
    expect([failed, words.test(text)]).toEqual([true, true]);
  });

  it.each([
    [[], 50, undefined],
    [[7], 99, 7],
    [[1, 2, 3, 4], 50, 2],
    [Array.from({ length: 200 }, (_, n) => n + 1), 99, 198],
  ])('takes percentiles by nearest rank', (values, percent, expected) => {
    expect(percentile(values, percent)).toBe(expected);
  });
});
