import { randomUUID } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it, vi } from 'vitest';
import { addLateErrorMetrics } from '../../../functions/late-errors/late-error-metrics.ts';
import { noteLateErrors } from '../../../functions/late-errors/late-errors.ts';
import { tombstone } from '../../../functions/shared/ledger/tombstone.ts';
import { metrics } from '../../../functions/shared/telemetry.ts';
import { back, NAME, NIGHT, useLateErrors } from './late-errors-fixture.ts';

const test = useLateErrors();
const { environment, late, received, synced, entryOf, nextRun, filesUnder, fileOf } = test;

/** An S3 that is out of order, in the words of one that quotes what it got. */
const BROKEN_S3 = { send: () => Promise.reject(new Error(`bad body: ${NAME}`)) } as unknown as S3Client;

describe('a late error', () => {
  it('lets the next run send the record again, and stands in a file of the run that sent it', async () => {
    await synced('C1');
    expect(await nextRun('C1')).toBe('unchanged');
    const message = await late('C1');
    const result = await noteLateErrors([message], environment());
    expect(result).toEqual({
      response: { batchItemFailures: [] },
      tally: { late: 1, givenUp: 0, foreign: 0, returned: 0 },
    });
    expect(await nextRun('C1')).toBe('send');
    expect(await fileOf(`runs/run-1/late-errors/${message.messageId}.json`)).toEqual({
      customerKey: 'C1',
      objectTypeName: 'Customer',
      object: { id: 'C1', name: NAME },
      reason: `No profile for ${NAME}.`,
      sentAt: new Date(Number(message.attributes.SentTimestamp)).toISOString(),
      receivedAt: '2026-11-22T02:00:00.000Z',
      version: '1970-01-01T00:00:00.001Z/1970-01-01T00:00:00.002Z/3',
      attempt: 1,
      givenUp: false,
    });
  });

  it('of a live event stands in a file of that event', async () => {
    await synced('C1', {}, 'event/e-1');
    const message = await late('C1');
    await noteLateErrors([message], environment());
    expect(await filesUnder('runs/event/e-1/')).toEqual([`runs/event/e-1/late-errors/${message.messageId}.json`]);
  });

  it('of content that was sent again three times ends it: later runs count the row rejected', async () => {
    await synced('C1');
    const tallies = [];
    for (let resends = 0; resends < 4; resends += 1) {
      const mark = (await entryOf('C1'))?.late;
      await synced('C1', mark && { late: { ...mark, open: false, resends } });
      tallies.push((await noteLateErrors([await late('C1')], environment())).tally.givenUp);
    }
    expect(tallies).toEqual([0, 0, 0, 1]);
    expect(await nextRun('C1')).toMatchObject({ code: 'LATE_ERROR', reason: `No profile for ${NAME}.` });
    const files = await Promise.all((await filesUnder('runs/run-1/')).map(fileOf));
    const ends = files.map(({ attempt, givenUp }) => `${attempt} ${givenUp}`).sort();
    expect(ends).toEqual(['1 false', '2 false', '3 false', '4 true']);
  });

  it('has a reason in the ledger that keeps the entry small, and all of it in the file', async () => {
    await synced('C1', { late: { fingerprint: 'F1', messages: ['a'], open: false, resends: 3 } });
    await noteLateErrors([await late('C1', { errorMessage: 'x'.repeat(2_000) })], environment());
    expect((await entryOf('C1'))?.refusal?.reason).toHaveLength(300);
    const [file = ''] = await filesUnder('runs/run-1/');
    expect((await fileOf(file)).reason).toHaveLength(2_000);
  });

  it('waits until no call for the customer is under way, and looks again long before a claim would end by itself', async () => {
    const version = { sourceTime: 2, exportTime: 2, uploadTime: 2, row: 2, rule: 'exportTime' };
    await synced('C1', { claim: { id: 'c', version, fingerprint: 'F2', deadline: test.clock.now() + 60_000 } });
    const message = await late('C1');
    const result = await noteLateErrors([message], environment());
    expect(back(result)).toEqual([message.messageId]);
    expect(test.delays).toEqual([30]);
    const returnedAge = test.clock.now() - Number(message.attributes.SentTimestamp);
    expect(result.tally).toEqual({ late: 0, givenUp: 0, foreign: 0, returned: 1, returnedAge });
    expect((await entryOf('C1'))?.late).toBeUndefined();

    test.clock.freeze(63_000);
    expect(back(await noteLateErrors([message], environment()))).toEqual([]);
    expect((await entryOf('C1'))?.late?.open).toBe(true);
  });

  it('of a customer whom the ledger does not know is counted, and stands among those without a run', async () => {
    const message = await late('nobody');
    expect((await noteLateErrors([message], environment())).tally).toMatchObject({ late: 1, givenUp: 0 });
    const file = await fileOf(`runs/unknown/late-errors/${message.messageId}.json`);
    expect(file).toMatchObject({ customerKey: 'nobody', object: { name: NAME }, givenUp: false });
    expect(file).not.toHaveProperty('attempt');
    expect(await entryOf('nobody')).toBeUndefined();
  });

  it('of a customer who was deleted since is none of the run that deleted, and the deletion stays known', async () => {
    await synced('C1');
    const { known } = (await entryOf('C1')) ?? {};
    if (!known) throw new Error('It should be known.');
    await synced('C1', { known: { ...known, fingerprint: tombstone('profile') } });
    const deleted = await entryOf('C1');
    const message = await late('C1');
    await noteLateErrors([message], environment());
    expect(await filesUnder('runs/run-1/')).toEqual([]);
    expect(await fileOf(`runs/unknown/late-errors/${message.messageId}.json`)).not.toHaveProperty('version');
    expect(await entryOf('C1')).toEqual(deleted);
  });
});

describe('after a crash', () => {
  it('between mark and file, the message comes again and writes the file; the mark is not counted twice', async () => {
    await synced('C1');
    const message = await late('C1');
    expect(back(await noteLateErrors([message], environment({ s3: BROKEN_S3 })))).toEqual([message.messageId]);
    expect(await nextRun('C1')).toBe('send');
    const marked = await entryOf('C1');

    expect(back(await noteLateErrors([message], environment()))).toEqual([]);
    expect(await entryOf('C1')).toEqual(marked);
    const [file = ''] = await filesUnder('runs/run-1/');
    expect(await fileOf(file)).toMatchObject({ attempt: 1 });
  });

  it('between mark and file, and a run that sent the record again, nothing is sent a second time', async () => {
    await synced('C1');
    const message = await late('C1');
    await noteLateErrors([message], environment({ s3: BROKEN_S3 }));
    const { late: mark } = (await entryOf('C1')) ?? {};
    if (!mark) throw new Error('It should be marked.');
    await synced('C1', { late: { ...mark, open: false, resends: 1 } }, 'again-1');

    await noteLateErrors([message], environment());
    expect(await nextRun('C1')).toBe('unchanged');
    expect(await filesUnder('runs/again-1/')).toHaveLength(1);
  });

  it('after the file, nothing is written twice', async () => {
    await synced('C1');
    const message = await late('C1');
    await noteLateErrors([message], environment());
    const marked = await entryOf('C1');
    await noteLateErrors([message], environment());
    expect(await entryOf('C1')).toEqual(marked);
    expect(await filesUnder('runs/run-1/')).toHaveLength(1);
  });

  it('before the mark, all of it is still to be done', async () => {
    await synced('C1');
    const message = await late('C1');
    const write = () => Promise.reject(new Error('lost'));
    const result = await noteLateErrors([message], environment({ ledger: { ...test.ledger, write } }));
    expect(back(result)).toEqual([message.messageId]);
    expect(await filesUnder('runs/run-1/')).toEqual([]);
    expect(await nextRun('C1')).toBe('unchanged');
    await noteLateErrors([message], environment());
    expect(await nextRun('C1')).toBe('send');
  });
});

describe('two invocations at once', () => {
  it('with the same message note it once', async () => {
    await synced('C1');
    const message = await late('C1');
    await Promise.all([noteLateErrors([message], environment()), noteLateErrors([message], environment())]);
    expect((await entryOf('C1'))?.late?.messages).toHaveLength(1);
    expect(await filesUnder('runs/run-1/')).toHaveLength(1);
  });

  it('with several messages of one customer note each, as late errors of the one send', async () => {
    await synced('C1');
    const messages = [await late('C1'), await late('C1'), await late('C1')];
    await Promise.all(messages.map((message) => noteLateErrors([message], environment())));
    expect((await entryOf('C1'))?.late?.messages).toHaveLength(3);
    const files = await Promise.all((await filesUnder('runs/run-1/')).map(fileOf));
    expect(files.map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
  });
});

describe('a message that could not be noted', () => {
  it('comes again after three minutes, however long the visibility timeout of a given queue is', async () => {
    await synced('C1');
    await noteLateErrors([await late('C1')], environment({ s3: BROKEN_S3 }));
    expect(test.delays).toEqual([180]);
  });

  it('comes again all the same if that can not be told to the queue, without customer data in the log', async () => {
    await synced('C1');
    const message = await late('C1');
    const comeBackIn = () => Promise.reject(new Error(`no such receipt: ${NAME}`));
    const broken = environment({ s3: BROKEN_S3, queue: { ...environment().queue, comeBackIn } });
    expect(back(await noteLateErrors([message], broken))).toEqual([message.messageId]);
    expect(test.logged).toHaveLength(2);
    expect(test.logged.join()).not.toContain(NAME);
  });
});

it('of several messages only those come again that could not be dealt with', async () => {
  await synced('C1');
  await synced('C2', { fence: { fingerprint: 'F1', until: test.clock.now() + 1 } });
  const messages = [await late('C1'), await late('C2'), await received(randomUUID())];
  const result = await noteLateErrors(messages, environment());
  expect(back(result)).toEqual([messages[1]?.messageId]);
  expect(result.tally).toMatchObject({ late: 1, givenUp: 0, foreign: 1, returned: 1 });
});

it('of several that come again tells how long the oldest has waited', async () => {
  await synced('C1');
  const messages = [await late('C1'), await late('C1')];
  const [first, second] = messages.map(({ attributes }) => attributes);
  Object.assign(first ?? {}, { SentTimestamp: String(NIGHT - 9_000) });
  Object.assign(second ?? {}, { SentTimestamp: String(NIGHT - 1_800_000) });
  const { tally } = await noteLateErrors(messages, environment({ s3: BROKEN_S3 }));
  expect(tally).toMatchObject({ returned: 2, returnedAge: 1_800_000 });
});

it('writes no customer data into its log', async () => {
  await synced('C1');
  await noteLateErrors([await late('C1')], environment({ s3: BROKEN_S3 }));
  expect(test.logged).toHaveLength(1);
  expect(test.logged[0]).toContain('Error was thrown');
  expect(test.logged[0]).not.toContain(NAME);
});

it('counts in metrics what it dealt with', () => {
  const addMetric = vi.spyOn(metrics, 'addMetric').mockReturnValue(metrics);
  addLateErrorMetrics(metrics, { late: 3, givenUp: 1, foreign: 2, returned: 9, returnedAge: 61_000 });
  const values = addMetric.mock.calls.map(([name, , value]) => [name, value]);
  expect(Object.fromEntries(values)).toEqual({
    LateErrors: 3,
    LateErrorsGivenUp: 1,
    LateErrorsForeign: 2,
    LateErrorsReturned: 9,
    LateErrorsReturnedAge: 61,
  });
});
