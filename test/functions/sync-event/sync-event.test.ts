import { DeleteCommand, GetCommand, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProfilesAccessDenied } from '../../../functions/shared/errors.ts';
import { createFullExports } from '../../../functions/shared/ledger/full-exports.ts';
import type { MappingDefinition } from '../../../functions/shared/mapping/types.ts';
import type { PutResult } from '../../../functions/shared/profiles/profile-writer.ts';
import { ratePlan } from '../../../functions/shared/rate-plan.ts';
import { openBudget, openSync } from '../../../functions/shared/sync/open-sync.ts';
import type { Outcome } from '../../../functions/shared/sync/outcome.ts';
import { logger, metrics } from '../../../functions/shared/telemetry.ts';
import { type SyncEventEnvironment, syncEvents } from '../../../functions/sync-event/sync-event.ts';
import { CapturedMetrics, valuesOf } from '../../helpers/captured-metrics.ts';
import { createFakeClock, type FakeClock } from '../../helpers/fake-clock.ts';
import { deliveredEvent, eventId } from '../../helpers/live-event.ts';
import { smallMapping } from '../../helpers/mapping.ts';
import { startTables, TABLES } from '../../helpers/tables.ts';

const TIMEOUT_MS = 60_000;
const LONG_AGO = '2026-01-01T00:00:00Z';
/** Of the event's own time and of the CRM's. */
const at = (seconds: number) => new Date(Date.parse('2026-11-22T09:00:00Z') + seconds * 1_000).toISOString();

let tables: Awaited<ReturnType<typeof startTables>>;
let clock: FakeClock;
let tests = 0;
let events = 0;
/** What the service holds, and the calls that it saw, by customer key. */
let profiles: Map<string, unknown>;
let calls: string[];
let putAside: { code: string; reason: string; eventId: string | undefined; body: string }[];
let delays: number[];
let logged: string[];

beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.stop());
beforeEach(() => {
  tests += 1;
  clock = createFakeClock(Date.parse('2026-11-22T10:00:00Z') + tests * 1_000_000);
  profiles = new Map();
  calls = [];
  putAside = [];
  delays = [];
  logged = [];
  vi.spyOn(logger, 'warn').mockImplementation((text, ...more) => {
    const [{ error, why }] = more as unknown as [{ error?: Error; why?: object }];
    logged.push(
      [text, error && `${error.name}: ${error.message}`, why && JSON.stringify(why)].filter(Boolean).join(' '),
    );
  });
});

type Answer = PutResult | Error;
const THROTTLED: PutResult = { kind: 'throttled' };
const BROKE: PutResult = { kind: 'failed', open: false };

interface Options {
  readonly mapping?: Partial<MappingDefinition>;
  /** The service's answers per customer key, in turn; after these it accepts. */
  readonly answers?: Record<string, Answer[]>;
  readonly clearer?: NonNullable<SyncEventEnvironment['clearer']>;
  readonly queue?: Partial<SyncEventEnvironment['queue']>;
  readonly dynamo?: SyncEventEnvironment['dynamo'];
  /** Milliseconds that the invocation has. */
  readonly time?: number;
}

function environmentOf(options: Options): SyncEventEnvironment {
  return {
    dynamo: options.dynamo ?? tables.client,
    clock,
    mapping: smallMapping(options.mapping),
    plan: ratePlan(80, 8, options.clearer && { UpdateProfile: { quota: 20, reserve: 2 } }),
    ...(options.clearer && { clearer: options.clearer }),
    domainName: `domain${tests}`,
    tables: TABLES,
    random: () => 1,
    writer: {
      async put(object) {
        const parsed = JSON.parse(object) as { id: string };
        calls.push(parsed.id);
        await clock.sleep(100);
        const answer = options.answers?.[parsed.id]?.shift() ?? { kind: 'accepted' };
        if (answer instanceof Error) throw answer;
        if (answer.kind === 'accepted') profiles.set(parsed.id, parsed);
        return answer;
      },
    },
    queue: {
      async putAside({ body }, { code, reason }, id) {
        putAside.push({ code, reason, eventId: id, body });
      },
      async comeBackIn(_message, seconds) {
        delays.push(seconds);
      },
      ...options.queue,
    },
  };
}

/** A message that holds this body, or the event of a record `id,name,email`. */
function message(
  content: { body: string } | { row: string; time?: string; id?: string },
  receivedTimes = 1,
): SQSRecord {
  events += 1;
  return {
    messageId: `message-${events}`,
    receiptHandle: `receipt-${events}`,
    body: 'body' in content ? content.body : JSON.stringify(eventOf(content.row, content)),
    attributes: {
      ApproximateReceiveCount: String(receivedTimes),
      SentTimestamp: String(clock.now() - 1_000),
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: String(clock.now()),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:live',
    awsRegion: 'us-east-1',
  };
}

function eventOf(row: string, { time = at(0), id = eventId(events) }: { time?: string; id?: string }) {
  const [key, name, email, changed] = row.split(',');
  return deliveredEvent({ record: { id: key, name, email, changed }, time }, { id });
}

const INVALID = { body: JSON.stringify({ name: 'Zaphod' }) };

async function invoke(messages: SQSRecord[], options: Options = {}) {
  const endsAt = clock.now() + (options.time ?? TIMEOUT_MS);
  const { response, tally } = await clock.until(syncEvents(messages, environmentOf(options), endsAt));
  const { synced, unchanged, stale, rejected, returned } = tally;
  return {
    back: response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
    counts: { synced, unchanged, stale, rejected, returned },
    tally,
  };
}

const NOTHING = { synced: 0, unchanged: 0, stale: 0, rejected: 0, returned: 0 };

async function failuresOf(id: string) {
  const Key = { run: `event#${id}`, item: 'failures' };
  return (await tables.client.send(new GetCommand({ TableName: TABLES.run, Key }))).Item;
}

describe('a batch of live events', () => {
  it('gives each message one fate', async () => {
    const messages = [
      message({ row: '1,Ann,a@x' }),
      message(INVALID),
      message({ row: ',Nobody,n@x' }),
      message({ row: '2,Bob,b@x' }),
    ];
    const { back, counts } = await invoke(messages, { answers: { 2: [THROTTLED, THROTTLED] } });
    expect(counts).toEqual({ ...NOTHING, synced: 1, rejected: 2, returned: 1 });
    expect(back).toEqual([messages[3]?.messageId]);
    expect(logged).toEqual(['Live events go back to the queue. {"throttled":1}']);
    expect(putAside.map(({ code }) => code).toSorted()).toEqual(['INVALID_EVENT', 'MISSING_KEY']);
    expect(profiles.get('1')).toEqual({ id: '1', name: 'Ann', email: 'a@x' });
  });

  it('puts a rejected one aside as it was received, with its id if it has one', async () => {
    const faulty = message({ row: ',Nobody,n@x', id: eventId(77) });
    await invoke([faulty, message(INVALID)]);
    expect(putAside).toContainEqual({
      code: 'MISSING_KEY',
      reason: expect.any(String),
      eventId: eventId(77),
      body: faulty.body,
    });
    expect(putAside).toContainEqual({
      code: 'INVALID_EVENT',
      reason: expect.any(String),
      eventId: undefined,
      body: INVALID.body,
    });
  });

  it('of one customer leaves the newest in the profile, whatever their order', async () => {
    const rows = [
      ['1,Old,o@x', at(1)],
      ['1,New,n@x', at(3)],
      ['1,Older,r@x', at(2)],
    ] as const;
    const { back, counts } = await invoke(rows.map(([row, time]) => message({ row, time })));
    expect(profiles.get('1')).toMatchObject({ name: 'New' });
    expect(back).toEqual([]);
    expect(counts.synced + counts.stale).toBe(3);
  });

  it('that holds one event twice makes one call', async () => {
    const twice = [1, 2].map(() => message({ row: '1,Ann,a@x', id: eventId(900 + tests) }));
    const { counts } = await invoke(twice);
    expect([counts, calls]).toEqual([{ ...NOTHING, synced: 2 }, ['1']]);
  });

  it('that comes again as a whole makes no call', async () => {
    const batch = [message({ row: '1,Ann,a@x' }), message({ row: '2,Bob,b@x' })];
    await invoke(batch);
    calls = [];
    expect((await invoke(batch)).counts).toEqual({ ...NOTHING, synced: 2 });
    expect(calls).toEqual([]);
  });

  it('measures the time from the queue to the answer of the service', async () => {
    const added: [string, number][] = [];
    const { tally } = await invoke([message({ row: '1,Ann,a@x' })]);
    tally.addTo({
      addMetric(name, _unit, value) {
        added.push([name, value]);
        return metrics;
      },
    });
    const latency = added.find(([name]) => name === 'LiveLatency')?.[1] ?? 0;
    expect(latency).toBeGreaterThanOrEqual(1_100);
    expect(latency).toBeLessThan(4_000);
    expect(Object.fromEntries(added)).toMatchObject({
      LiveEventsSynced: 1,
      LiveEventsReturned: 0,
      LiveCalls: 1,
      LiveThrottledCalls: 0,
    });
  });

  it('asks for permits as a live worker, for which batch leaves its reserve', async () => {
    await invoke([message({ row: '1,Ann,a@x' })]);
    const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: TABLES.budget }));
    expect(Items[0]?.liveAskedAt).toBeGreaterThan(clock.now() - 10_000);
  });

  it('puts an event aside that is marked as deleted, and deletes nothing', async () => {
    const deletes = { column: 'name', values: ['gone'], action: 'profile', maxCount: 100, maxShare: 1 } as const;
    const { counts } = await invoke([message({ row: '1,gone,a@x' })], { mapping: { deletes } });
    expect(counts).toEqual({ ...NOTHING, rejected: 1 });
  });

  it('clears what its records empty, with a permit as a live worker and metrics of its own', async () => {
    const { fields } = smallMapping().definition;
    const mapping = {
      fields: fields.map((field) => ({ ...field, ...(field.name === 'email' && { clearWhenEmpty: true }) })),
    };
    const cleared: string[] = [];
    const clearer: NonNullable<SyncEventEnvironment['clearer']> = {
      async clear(key, targets) {
        cleared.push(`${key} ${targets.join()}`);
        return { kind: 'cleared' };
      },
    };
    await invoke([message({ row: '1,Ann,a@x', time: at(1) })], { mapping, clearer });
    clock.freeze(10_000);
    const { counts, tally } = await invoke([message({ row: '1,Ann,', time: at(2) })], { mapping, clearer });
    expect([counts, cleared]).toEqual([{ ...NOTHING, synced: 1 }, ['1 _profile.EmailAddress']]);
    const captured = new CapturedMetrics();
    tally.addTo(captured);
    expect(valuesOf(captured.take(), 'Clears')).toEqual([1]);
    const Key = { id: 'UpdateProfile' };
    const { Item } = await tables.client.send(new GetCommand({ TableName: TABLES.budget, Key }));
    await tables.client.send(new DeleteCommand({ TableName: TABLES.budget, Key }));
    expect(Item?.liveAskedAt).toBeGreaterThan(clock.now() - 10_000);
  });
});

describe('the order of events and exports', () => {
  const byRecord = { mapping: { updatedAt: { column: 'changed' } } };

  it.each([
    ['older than what is known is stale', at(5), at(4), 'stale', 'First'],
    ['newer than what is known is sent', at(5), at(6), 'synced', 'Second'],
  ] as const)('an event %s', async (_, first, second, outcome, name) => {
    await invoke([message({ row: '1,First,f@x', time: first })]);
    clock.freeze(10_000);
    expect((await invoke([message({ row: '1,Second,s@x', time: second })])).counts).toEqual({
      ...NOTHING,
      [outcome]: 1,
    });
    expect(profiles.get('1')).toMatchObject({ name });
  });

  it('by updatedAt where the mapping names it, whatever the events say of their time', async () => {
    await invoke([message({ row: '1,New,n@x,2026-02-01T00:00:00Z', time: at(1) })], byRecord);
    clock.freeze(10_000);
    const { counts } = await invoke([message({ row: '1,Old,o@x,2026-01-01T00:00:00Z', time: at(2) })], byRecord);
    expect(counts).toEqual({ ...NOTHING, stale: 1 });
    expect(profiles.get('1')).toMatchObject({ name: 'New' });
  });

  it.each([
    ['changes', { exports: { contains: 'changes' } }, ''],
    ['full exports without updatedAt', { exports: { contains: 'full' } }, ''],
    ['records with the same updatedAt', { updatedAt: { column: 'changed' } }, `,${LONG_AGO}`],
  ] as const)(
    'an event that changes nothing holds back an older export that still runs: %s',
    async (_, mapping, updatedAt) => {
      expect(await batch(`1,F0,x@x${updatedAt}`, at(1), mapping)).toBe('synced');
      clock.freeze(10_000);
      const { counts } = await invoke([message({ row: `1,F0,x@x${updatedAt}`, time: at(3) })], { mapping });
      expect(counts).toEqual({ ...NOTHING, unchanged: 1 });
      expect(await batch(`1,F1,x@x${updatedAt}`, at(2), mapping)).toBe('stale');
      expect(profiles.get('1')).toMatchObject({ name: 'F0' });
    },
  );

  it('an event older than a full export that was registered is stale: the export has its customer, too', async () => {
    const mapping = { exports: { contains: 'full' } } as const;
    const scope = {
      client: tables.client,
      runTable: TABLES.run,
      domainName: `domain${tests}`,
      objectTypeName: 'Customer',
    };
    await createFullExports(scope).register(Date.parse(at(5)));
    expect((await invoke([message({ row: '1,Ann,a@x', time: at(4) })], { mapping })).counts).toMatchObject({
      stale: 1,
    });
    expect((await invoke([message({ row: '1,Ann,a@x', time: at(6) })], { mapping })).counts).toMatchObject({
      synced: 1,
    });
  });

  /** One row of an export, as a chunk syncs it. */
  async function batch(row: string, exportTime: string, mapping: Partial<MappingDefinition>) {
    const environment = environmentOf({ mapping });
    const version = { exportTime: Date.parse(exportTime), uploadTime: Date.parse(exportTime), row: 2 };
    let kind: Outcome['kind'] | undefined;
    const sync = openSync(environment, {
      runId: `run of ${exportTime}`,
      resync: false,
      budget: openBudget(environment, 'PutProfileObject', 'batch'),
      endsAt: clock.now() + 360_000,
      isPoison: () => false,
      onOutcome: (_, outcome) => {
        kind = outcome.kind;
      },
      onCall: () => {},
    });
    await clock.until(sync.submit([{ row: 2, values: row.split(','), version }]).then(() => sync.finish()));
    return kind;
  }
});

describe('a message that comes back', () => {
  it('comes later with each time', async () => {
    for (const received of [1, 2, 5, 20]) {
      const { counts } = await invoke([message({ row: '1,Ann,a@x' }, received)], {
        answers: { 1: [THROTTLED, THROTTLED] },
      });
      expect(counts).toEqual({ ...NOTHING, returned: 1 });
    }
    expect(delays).toEqual([2, 4, 32, 60]);
  });

  it('is among the failures of the batch even if its delay can not be set', async () => {
    const comeBackIn = async () => {
      throw new Error('about Zaphod');
    };
    const { back } = await invoke([message({ row: '1,Ann,a@x' })], {
      answers: { 1: [THROTTLED, THROTTLED] },
      queue: { comeBackIn },
    });
    expect(back).toHaveLength(1);
    expect(logged.join()).not.toContain('Zaphod');
  });

  it('is one that could not be put aside', async () => {
    const cannot = async () => {
      throw Object.assign(new Error('about Zaphod'), { name: 'QueueDoesNotExist' });
    };
    const { back, counts } = await invoke([message(INVALID), message({ row: '2,Bob,b@x' })], {
      queue: { putAside: cannot },
    });
    expect([back.length, counts]).toEqual([1, { ...NOTHING, synced: 1, returned: 1 }]);
    expect(logged.join()).toContain('QueueDoesNotExist');
    expect(logged.join()).not.toContain('Zaphod');
  });

  it('is each that is left when every record would fail, with the longest delay, and none is put aside', async () => {
    const messages = Array.from({ length: 10 }, (_, n) => message({ row: `${n},Ann,a@x` }));
    const denied = () => [new ProfilesAccessDenied('the role needs a permission')];
    const answers = Object.fromEntries(messages.map((_, n) => [n, denied()]));
    const { counts } = await invoke(messages, { answers });
    expect(counts).toEqual({ ...NOTHING, returned: 10 });
    expect(new Set(delays)).toEqual(new Set([60]));
    expect(putAside).toEqual([]);
    expect(logged.join()).toContain('ProfilesAccessDenied');
    expect((await invoke(messages)).counts).toEqual({ ...NOTHING, synced: 10 });
  });

  it('is each while DynamoDB is away', async () => {
    const dynamo: typeof tables.client = Object.assign(Object.create(tables.client), {
      async send() {
        throw Object.assign(new Error('about Zaphod'), { name: 'InternalServerError' });
      },
    });
    const { counts } = await invoke([message({ row: '1,Zaphod,a@x' }), message(INVALID)], { dynamo });
    expect(counts).toEqual({ ...NOTHING, rejected: 1, returned: 1 });
    expect(delays).toEqual([2]);
    expect(logged.join()).not.toContain('Zaphod');
  });

  it('is each after a bug, and no call is under way any more', async () => {
    const environment = environmentOf({});
    const mapping: typeof environment.mapping = {
      ...environment.mapping,
      toObject(values) {
        if (values[1] === 'Bug') throw new TypeError('about Zaphod');
        return environment.mapping.toObject(values);
      },
    };
    const batch = [message({ row: '1,Ann,a@x' }), message({ row: '2,Bug,b@x' }), message({ row: '3,Cid,c@x' })];
    const { response } = await clock.until(syncEvents(batch, { ...environment, mapping }, clock.now() + TIMEOUT_MS));
    expect(response.batchItemFailures.length).toBe(3 - profiles.size);
    expect(calls.length).toBe(profiles.size);
    expect(logged.join()).not.toContain('Zaphod');
  });

  it.each([
    ['too late to begin', 10_000],
    ['over', -1],
  ])('is each when the time of the invocation is %s: nothing is called', async (_, time) => {
    const { counts } = await invoke([message({ row: '1,Ann,a@x' })], { time });
    expect([counts.returned, calls]).toEqual([1, []]);
  });

  it('is each when the worker was frozen beyond its time: nothing is put aside, and no delay is set', async () => {
    const { counts } = await invoke([message(INVALID), message({ row: '1,Ann,a@x' })], { time: -1 });
    expect([counts.returned, putAside, delays]).toEqual([2, [], []]);
  });
});

describe('an event on which the service always fails', () => {
  const broken = () => ({ 1: [BROKE, BROKE] });

  /** What became of the event at each receipt; between them the service accepts that many others. */
  async function tries(times: number, others: number) {
    const id = eventId(5_000 + tests);
    const counts: (typeof NOTHING)[] = [];
    for (let received = 1; received <= times; received += 1) {
      const beside = message({ row: `beside ${received},Bob,b@x` });
      const poison = message({ row: '1,Ann,a@x', id }, received);
      counts.push((await invoke(others > 0 ? [poison, beside] : [poison], { answers: broken() })).counts);
      clock.freeze(5_000);
      for (let n = 0; n < others; n += 1) await invoke([message({ row: `${received} ${n} ${events},Cid,c@x` })]);
    }
    return counts;
  }
  const repeated = (times: number, counts: object) => Array.from({ length: times }, () => counts);

  it('is put aside with SERVICE_ERROR after 5 tries while others are accepted, which it holds up in nothing', async () => {
    expect(await tries(6, 1)).toEqual([
      ...repeated(5, { ...NOTHING, synced: 1, returned: 1 }),
      { ...NOTHING, synced: 1, rejected: 1 },
    ]);
    expect(putAside).toMatchObject([{ code: 'SERVICE_ERROR' }]);
  });

  it('is put aside after 10 tries while nobody else calls', async () => {
    expect(await tries(11, 0)).toEqual([...repeated(10, { ...NOTHING, returned: 1 }), { ...NOTHING, rejected: 1 }]);
  });

  it('begins anew when its message is moved back to the queue, even if it is only throttled at first', async () => {
    await tries(6, 1);
    const id = eventId(5_000 + tests);
    for (const received of [1, 2]) {
      const answers = { 1: [THROTTLED, THROTTLED] };
      const { counts } = await invoke([message({ row: '1,Ann,a@x', id }, received)], { answers });
      expect([counts.returned, counts.rejected]).toEqual([1, 0]);
    }
  });
});

it('an event that goes well at the first try writes nothing to the run table', async () => {
  await invoke([message({ row: '1,Ann,a@x', id: eventId(6_000 + tests) })]);
  expect(await failuresOf(eventId(6_000 + tests))).toBeUndefined();
  await invoke([message({ row: '2,Bob,b@x', id: eventId(7_000 + tests) })], { answers: { 2: [BROKE, BROKE] } });
  expect(await failuresOf(eventId(7_000 + tests))).toMatchObject({ ttl: expect.any(Number) });
});

it('the ledger notes an event as a run of its own, with the time of the CRM in all three places of its version', async () => {
  const id = eventId(8_000 + tests);
  await invoke([message({ row: '1,Ann,a@x', id })]);
  const { Items = [] } = await tables.client.send(
    new QueryCommand({
      TableName: TABLES.ledger,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': `domain${tests}#Customer#1` },
    }),
  );
  const time = Date.parse(at(0));
  expect(Items[0]?.known).toMatchObject({ run: `event/${id}`, v: [time, time, time, 0, 'exportTime'] });
});
