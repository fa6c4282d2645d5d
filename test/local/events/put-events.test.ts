import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Endpoint, openEndpoint } from '../../../local/endpoint.ts';
import { createEvents, type EventsService } from '../../../local/events/events.ts';
import type { Access } from '../../../local/iam/access.ts';
import type { BusEvent } from '../../../local/service.ts';

const BUS = 'arn:aws:events:us-east-1:000000000000:event-bus/live';

let endpoint: Endpoint;
let events: EventsService;
let client: EventBridgeClient;
let delivered: [bus: string, event: BusEvent][];
let unknown: string[];
let refusal: ((access: Access) => string | undefined) | undefined;

beforeEach(async () => {
  delivered = [];
  unknown = [];
  refusal = undefined;
  events = createEvents({
    onFailure: () => {},
    onUnknownBus: (bus) => unknown.push(bus),
    refuse: (_, access) => refusal?.(access),
  });
  events.createBus('live');
  for (const bus of ['live', 'default']) {
    const target = async (event: BusEvent) => void delivered.push([bus, event]);
    events.putRule({ arn: `rule of ${bus}`, bus, pattern: { source: [{ prefix: '' }] }, targets: [target] });
  }
  events.start();
  endpoint = await openEndpoint(0);
  endpoint.mount(events);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new EventBridgeClient({ endpoint: endpoint.url, region: 'us-east-1', credentials, maxAttempts: 1 });
});
afterEach(async () => {
  client.destroy();
  await endpoint.close();
});

const ENTRY: PutEventsRequestEntry = {
  EventBusName: 'live',
  Source: 'crm.example',
  DetailType: 'Customer Changed',
  Detail: '{"record":{"id":"C-1","points":7}}',
};
const put = (...Entries: PutEventsRequestEntry[]) => client.send(new PutEventsCommand({ Entries }));

it('an event is with its targets before PutEvents answers, in whole seconds', async () => {
  const Time = new Date('2026-11-22T09:30:00.987Z');
  const { FailedEntryCount, Entries } = await put({ ...ENTRY, Time, Resources: ['arn:of:something'] });
  expect(FailedEntryCount).toBe(0);
  const event = {
    version: '0',
    id: Entries?.[0]?.EventId,
    'detail-type': 'Customer Changed',
    source: 'crm.example',
    account: '000000000000',
    time: '2026-11-22T09:30:00Z',
    region: 'us-east-1',
    resources: ['arn:of:something'],
    detail: { record: { id: 'C-1', points: 7 } },
  };
  expect(delivered).toEqual([['live', event]]);
});

it.each(['{"points":12345678901234567890,"price":1.0,"rate":1e3,"all":[0.10,7]}', '{"a":-0,"b":{"c":true,"d":null}}'])(
  'the text of a number is delivered as it came: %s',
  async (Detail) => {
    await put({ ...ENTRY, Detail });
    expect(JSON.stringify(delivered[0]?.[1])).toContain(`"detail":${Detail}`);
  },
);

it.each([
  ['by name', 'live', 'live'],
  ['by ARN', BUS, 'live'],
  ['by default', undefined, 'default'],
])('the bus is found %s, and only its rules get the event', async (_, EventBusName, bus) => {
  await put({ ...ENTRY, EventBusName });
  expect(delivered.map(([name]) => name)).toEqual([bus]);
  expect(delivered[0]?.[1].time).toMatch(/T\d\d:\d\d:\d\dZ$/);
});

it('an event for a bus that there is not is answered as any other and dropped, as on AWS; the stack hears of it', async () => {
  expect(await put({ ...ENTRY, EventBusName: 'nobody' })).toMatchObject({ FailedEntryCount: 0 });
  expect([delivered, unknown]).toEqual([[], ['nobody']]);
});

it('a rule of a bus that there is not is refused', () => {
  const rule = { arn: 'rule', bus: 'nobody', pattern: { source: ['crm'] }, targets: [] };
  expect(() => events.putRule(rule)).toThrow("no event bus 'nobody'");
});

describe('an entry', () => {
  it.each<[string, PutEventsRequestEntry, string]>([
    ['without Source', { ...ENTRY, Source: undefined }, 'InvalidArgument'],
    ['without DetailType', { ...ENTRY, DetailType: '' }, 'InvalidArgument'],
    ['without Detail', { ...ENTRY, Detail: undefined }, 'InvalidArgument'],
    ['whose Detail is no JSON', { ...ENTRY, Detail: '{"name":Taro' }, 'MalformedDetail'],
    ['whose Detail is no object', { ...ENTRY, Detail: '[1]' }, 'MalformedDetail'],
    ['in the name of AWS', { ...ENTRY, Source: 'aws.s3' }, 'NotAuthorizedForSourceException'],
  ])('%s is refused, and the others go on', async (_, entry, code) => {
    const { FailedEntryCount, Entries = [] } = await put(entry, ENTRY);
    expect(FailedEntryCount).toBe(1);
    expect(Entries[0]).toEqual({ ErrorCode: code, ErrorMessage: expect.not.stringContaining('Taro') });
    expect(delivered.map(([, { id }]) => id)).toEqual([Entries[1]?.EventId]);
  });
});

describe('a request', () => {
  it.each<[string, PutEventsRequestEntry[], string]>([
    ['without entries', [], 'ValidationException'],
    ['with eleven entries', Array.from({ length: 11 }, () => ENTRY), 'ValidationException'],
    ['of 1 MiB', [{ ...ENTRY, Detail: `{"a":"${'x'.repeat(1_048_576)}"}` }], 'ValidationException'],
  ])('%s is refused as a whole', async (_, entries, name) => {
    await expect(put(...entries)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
    expect(delivered).toEqual([]);
  });

  it('that policies do not allow is refused as a whole, by the ARN of the bus', async () => {
    refusal = ({ action, resource }) => (resource === BUS ? `${action} on ${resource}` : undefined);
    await expect(put({ ...ENTRY, EventBusName: 'default' }, ENTRY)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `events:PutEvents on ${BUS}`,
    });
    expect(delivered).toEqual([]);
  });

  it('to a global endpoint is answered with 501, which names it', async () => {
    // The SDK would sign for it in a way of its own.
    const response = await fetch(endpoint.url, {
      method: 'POST',
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/events/aws4_request',
        'x-amz-target': 'AWSEvents.PutEvents',
      },
      body: JSON.stringify({ EndpointId: 'abc.def', Entries: [ENTRY] }),
    });
    expect([response.status, await response.text()]).toEqual([501, expect.stringContaining('EndpointId')]);
  });

  it('that comes while the stack ends is not answered as if its events were safe', async () => {
    await events.close();
    await expect(put(ENTRY)).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
  });
});
