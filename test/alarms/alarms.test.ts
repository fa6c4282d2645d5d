import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadStack } from '../../local/cloudformation/template.ts';
import type { MetricValue } from '../helpers/captured-metrics.ts';
import { deliveredEvent, eventId } from '../helpers/live-event.ts';
import { sendEvents, smallEvents, untilLiveQueueIsEmpty } from '../helpers/live-events.ts';
import { smallExport, smallMappingFile } from '../helpers/small-export.ts';
import { startTestStack, type TestStack, testTemplate } from '../helpers/stack.ts';
import { type Capture, captureOf, emptyQueue, ofFunction, visibleMessages } from './captured.ts';
import { expectFiresAndRecovers } from './fires-and-recovers.ts';

const QUOTA = 40;
const SIXTEEN_MINUTES = 960_000;

const mapping = smallMappingFile();
let test: TestStack;
let sqs: SQSClient;
let capture: Capture;
let syncEvent: string;
let lateErrors: string;
let exports = 0;
beforeAll(async () => {
  const settings = { latencyMs: { median: 10, spread: 0 } };
  test = await startTestStack({ quota: QUOTA, mapping, settings, timeScale: 0.01 });
  const { url: endpoint, region, credentials } = test.stack;
  sqs = new SQSClient({ endpoint, region, credentials, useQueueUrlAsEndpoint: false });
  capture = captureOf(test);
  const { functions } = loadStack(await testTemplate({ quota: QUOTA, mapping }));
  const named = (part: string) => functions.find(({ name }) => name.includes(part))?.name ?? '';
  syncEvent = named('syncevent');
  lateErrors = named('lateerrors');
});
afterAll(async () => {
  sqs.destroy();
  await test.stop();
});
afterEach(() => test.stack.customerProfiles.configure({ fault: undefined, putRatePerSecond: QUOTA }));

const notices = () => test.stack.sns.notices().length;

/** A run of so many rows, of which so many have no key. Returns what it published. */
async function run(rows: number, rejected = 0): Promise<MetricValue[]> {
  exports += 1;
  const bad = Array.from({ length: rejected }, (_, n) => `,Nobody ${n}`);
  const good = smallExport(rows - rejected, 'Ann', `E${exports}-`);
  await test.sync(`export-${exports}.csv`, [good, ...bad].join('\n'));
  return capture.take('RejectedShare');
}

describe('the alarm RunFailed', () => {
  it('fires when a run fails, of which ReportFailure has told, and recovers with the next run that succeeds', async () => {
    const before = notices();
    let failures = 0;
    await expectFiresAndRecovers('RunFailed', {
      well: () => run(2),
      async trouble() {
        failures += 1;
        await test.sync(`no-header-${failures}.csv`, 'K1,Ann\n');
        return capture.take('RunFailed');
      },
      toldElsewhere: true,
    });
    const subjects = test.stack.sns
      .notices()
      .slice(before)
      .map(({ Subject }) => Subject);
    expect(subjects).toEqual(Array(failures).fill('Profile sync: a run failed: InvalidExport'));
  });
});

describe('the alarm RejectedShareWarning', () => {
  it('fires when a run rejects too many rows, of which RaiseAlarm has told, and recovers with a run that does not', async () => {
    const before = notices();
    await expectFiresAndRecovers('RejectedShareWarning', {
      well: () => run(5),
      trouble: () => run(20, 1),
      toldElsewhere: true,
    });
    const subjects = test.stack.sns
      .notices()
      .slice(before)
      .map(({ Subject }) => Subject);
    expect(subjects).toEqual(Array(2).fill('Profile sync: 1 of 20 rows rejected'));
  });
});

describe('the alarm RejectedShareCritical', () => {
  it('fires when a run rejects a large share of its rows, and recovers with a run that rejects few', async () => {
    await expectFiresAndRecovers('RejectedShareCritical', { well: () => run(20, 1), trouble: () => run(4, 2) });
  });
});

describe('the alarm ThrottledShare', () => {
  it('fires when calls of exports are throttled for a quarter of an hour, and recovers when they are not', async () => {
    await expectFiresAndRecovers('ThrottledShare', {
      well() {
        test.stack.customerProfiles.configure({ putRatePerSecond: 1_000 });
        return run(20);
      },
      trouble() {
        test.stack.customerProfiles.configure({ putRatePerSecond: QUOTA / 4 });
        return run(20);
      },
      times: 3,
    });
  });

  it('fires when calls of live events are', async () => {
    const attempt = async (throttled: boolean) => {
      const fault = throttled ? { error: 'ThrottlingException' as const } : undefined;
      test.stack.customerProfiles.configure({ fault });
      await invoke({ age: 0 });
      return capture.take('LiveCalls');
    };
    await expectFiresAndRecovers('ThrottledShare', {
      well: () => attempt(false),
      trouble: () => attempt(true),
      times: 3,
    });
  });
});

let events = 0;

/** Has SyncEvent work on one message that came into the queue so many milliseconds ago; `broken` is none at all. */
async function invoke({ age = 0, broken = false }: { age?: number; broken?: boolean }) {
  events += 1;
  const body = JSON.stringify(deliveredEvent({ record: { id: `L-${events}`, name: 'Ann' } }, { id: eventId(events) }));
  const attributes = { ApproximateReceiveCount: '1', SentTimestamp: String(Date.now() - age) };
  const record = { messageId: eventId(events), receiptHandle: 'none', body, attributes, messageAttributes: {} };
  return test.stack.lambda.invoke(syncEvent, { Records: broken ? undefined : [record] });
}

describe('the alarm DeadLetters', () => {
  const url = () => test.stack.outputs.DeadLetterQueueUrl ?? '';
  const visible = () => visibleMessages(sqs, url(), '<LiveEventsDeadLetterQueue>');

  it('fires when a live event is put aside, and recovers when the queue is empty again', async () => {
    await expectFiresAndRecovers('DeadLetters', {
      async well() {
        await emptyQueue(sqs, url());
        return visible();
      },
      async trouble() {
        await sendEvents(test, smallEvents({ '': 'Nobody' }));
        await untilLiveQueueIsEmpty(test);
        return visible();
      },
    });
  });
});

describe('the alarm LateEvents', () => {
  it('fires when an event goes back again and again, and recovers when it has arrived', async () => {
    const attempt = async (outage: boolean) => {
      test.stack.customerProfiles.configure({ fault: outage ? { error: 'InternalServerException' } : undefined });
      await invoke({ age: SIXTEEN_MINUTES });
      return capture.take('LiveEventsReturned');
    };
    await expectFiresAndRecovers('LateEvents', { well: () => attempt(false), trouble: () => attempt(true) });
  });
});

describe('the alarm Crashes', () => {
  it('fires when SyncEvent crashes, and recovers when it does not', async () => {
    const errors = async (broken: boolean) => {
      await invoke({ broken });
      return ofFunction(await capture.take('Errors'), syncEvent, '<LiveEventsSyncEventFunction>');
    };
    await expectFiresAndRecovers('Crashes', { well: () => errors(false), trouble: () => errors(true) });
  });

  it('fires when LateErrors crashes, and recovers when it does not', async () => {
    const errors = async (broken: boolean) => {
      await test.stack.lambda.invoke(lateErrors, { Records: broken ? undefined : [] });
      return ofFunction(await capture.take('Errors'), lateErrors, '<LateErrorsFunction>');
    };
    await expectFiresAndRecovers('Crashes', { well: () => errors(false), trouble: () => errors(true) });
  });
});
