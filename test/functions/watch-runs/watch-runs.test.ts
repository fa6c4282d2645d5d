import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { halfAnHourOfWork, MINUTE, startWatchedNight, type WatchedNight } from './watched-night.ts';

let night: WatchedNight;
beforeEach(async () => {
  night = await startWatchedNight();
});
afterEach(() => night.close());

const FINE = { exportOverdue: false, deadlineAtRisk: false };
const OVERDUE = { exportOverdue: true, deadlineAtRisk: false };
const AT_RISK = { exportOverdue: false, deadlineAtRisk: true };

/** Keys of uploads that no night expects. */
const NO_EXPORTS = [
  ['a corrected rejected file', 'exports/resubmit/5c2d77e1/corrected.csv'],
  ['a row to try', 'exports/test-row/customers-row-2.csv'],
  ['a row to try, sent whatever the ledger knows', 'resync/test-row/customers-row-2.csv'],
] as const;

/** A run of the night that is done in time. */
async function succeed(key: string, time: string): Promise<void> {
  night.at(time);
  await night.end(await night.start(key), 'SUCCEEDED');
}

describe('an export', () => {
  it('is overdue from its time on until a run has started for it', async () => {
    await succeed('yesterday.csv', '02:00+-1');
    night.at('01:59');
    expect(await night.look()).toEqual(FINE);
    night.at('02:00');
    expect(await night.look()).toEqual(OVERDUE);
    night.at('09:00');
    expect(await night.look()).toEqual(OVERDUE);
    await succeed('late.csv', '09:05');
    expect(await night.look()).toEqual(FINE);
  });

  it.each([
    ['in the evening before is the one that was expected', '20:01', FINE],
    ['in the afternoon before, as a correction does, is not', '20:00', OVERDUE],
  ])('that came %s', async (_, time, result) => {
    await succeed('a.csv', time);
    night.at('02:00');
    expect(await night.look()).toEqual(result);
  });

  it('is not overdue in the night in which the system was deployed after its time, but in the next one', async () => {
    await night.close();
    night = await startWatchedNight('02:01');
    night.at('09:00');
    expect(await night.look()).toEqual(FINE);
    night.at('02:00+1');
    expect(await night.look()).toEqual(OVERDUE);
  });

  it('is found behind any number of newer runs', async () => {
    await succeed('a.csv', '01:00');
    // One more than a page of the list.
    for (let n = 0; n <= 100; n += 1) await night.start(`part-${n}.csv`);
    night.at('05:00');
    expect(await night.look()).toEqual(FINE);
  });
});

describe.each(NO_EXPORTS)('%s', (_, key) => {
  it('hides no missing export', async () => {
    await succeed(key, '01:00');
    night.at('02:00');
    expect(await night.look()).toEqual(OVERDUE);
    await succeed('a.csv', '02:10');
    expect(await night.look()).toEqual(FINE);
  });

  it('has no deadline: neither a run that failed nor one at work', async () => {
    await succeed('a.csv', '01:00');
    night.at('02:00');
    await night.end(await night.start(key), 'FAILED');
    await night.start(key);
    night.at('06:01');
    expect(await night.look()).toEqual(FINE);
  });

  it('before the deadline takes it from no export that comes after it', async () => {
    await succeed(key, '01:00');
    night.at('07:00');
    await night.end(await night.start('late.csv'), 'FAILED');
    expect(await night.look()).toEqual(AT_RISK);
  });
});

it('how many corrections there are: of more than a look asks for, the others count as exports', async () => {
  const asked = heard();
  night.at('01:00');
  for (let n = 0; n < 101; n += 1) await night.start('exports/resubmit/5c2d77e1/corrected.csv');
  night.at('02:00');
  expect(await night.look()).toEqual(FINE);
  expect(asked.filter((name) => name === 'DescribeExecutionCommand')).toHaveLength(100);
});

/** Names of the calls of Step Functions from now on. */
function heard(): string[] {
  const asked: string[] = [];
  night.states.client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        asked.push(commandName);
        return next(args);
      },
    { step: 'initialize' },
  );
  return asked;
}

it('how old the system is, is asked only while the night has no run', async () => {
  const asked = heard();
  night.at('02:00');
  await night.look();
  expect(asked).toContain('DescribeStateMachineCommand');
  await succeed('a.csv', '02:10');
  await succeed('b.csv', '02:20');
  asked.length = 0;
  await night.look();
  // What the first run is of.
  expect(asked).toEqual(['ListExecutionsCommand', 'DescribeExecutionCommand']);
});

it('the runs of older nights are not read, however many there are', async () => {
  night.at('02:00+-2');
  for (let n = 0; n <= 200; n += 1) await night.start(`old-${n}.csv`);
  await succeed('a.csv', '02:00');
  let lists = 0;
  night.states.client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName === 'ListExecutionsCommand') lists += 1;
        return next(args);
      },
    { step: 'initialize' },
  );
  expect(await night.look()).toEqual(FINE);
  expect(lists).toBe(1);
});

it('an old run that was redriven hides no newer one, wherever the list has it', async () => {
  night.at('02:00+-2');
  const old = await night.start('old.csv');
  await night.end(old, 'FAILED');
  await succeed('a.csv', '00:30');
  night.at('01:00');
  await night.redrive(old);
  night.states.client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { executions } = result.output as { executions?: { startDate?: Date; redriveDate?: Date }[] };
      const time = ({ startDate, redriveDate }: { startDate?: Date; redriveDate?: Date }) =>
        (redriveDate ?? startDate)?.getTime() ?? 0;
      executions?.sort((a, b) => time(b) - time(a));
      return result;
    },
    { step: 'initialize' },
  );
  night.at('02:00');
  expect(await night.look()).toEqual(FINE);
});

describe('a deadline', () => {
  it('is kept by a run that is fast enough', async () => {
    await halfAnHourOfWork(night, 2_000);
    expect(await night.look()).toEqual(FINE);
  });

  it('is at risk as soon as the run is too slow, and no more when it is fast again', async () => {
    const run = await halfAnHourOfWork(night, 1_000);
    expect(await night.look()).toEqual(AT_RISK);
    const startedAt = Date.now() - 30 * MINUTE;
    night.at('02:40');
    await night.work(run, { rows: 6_000, startedAt });
    expect(await night.look()).toEqual(FINE);
  });

  it('is missed by a run that is still at work, and made good when it succeeds', async () => {
    const run = await halfAnHourOfWork(night, 9_999);
    night.at('06:01');
    expect(await night.look()).toEqual(AT_RISK);
    await night.end(run, 'SUCCEEDED');
    expect(await night.look()).toEqual(FINE);
  });

  it('is missed by a run that failed, until it is redriven to the end', async () => {
    const run = await halfAnHourOfWork(night, 5_000);
    await night.end(run, 'FAILED');
    night.at('05:59');
    expect(await night.look()).toEqual(FINE);
    night.at('06:01');
    expect(await night.look()).toEqual(AT_RISK);
    await night.redrive(run);
    expect(await night.look()).toEqual(AT_RISK);
    await night.end(run, 'SUCCEEDED');
    expect(await night.look()).toEqual(FINE);
  });

  it('is missed by a run that was stopped', async () => {
    const executionArn = await halfAnHourOfWork(night, 5_000);
    await night.states.client.send(new StopExecutionCommand({ executionArn }));
    night.at('06:01');
    expect(await night.look()).toEqual(AT_RISK);
  });

  it('is made good by the same export, uploaded again, and not by another part of the night', async () => {
    night.at('02:00');
    await night.end(await night.start('part-1.csv'), 'FAILED');
    await succeed('part-2.csv', '02:10');
    night.at('06:01');
    expect(await night.look()).toEqual(AT_RISK);
    await succeed('part-1.csv', '07:00');
    expect(await night.look()).toEqual(FINE);
  });

  it('is kept by an export that succeeded, although a duplicate of its run was stopped', async () => {
    night.at('02:00');
    await night.end(await night.start('a.csv', 'v1'), 'SUCCEEDED');
    night.at('03:00');
    const executionArn = await night.start('a.csv', 'v1');
    await night.states.client.send(new StopExecutionCommand({ executionArn }));
    night.at('06:01');
    expect(await night.look()).toEqual(FINE);
  });

  it('is not asked of a correction that comes in the morning', async () => {
    await succeed('a.csv', '02:00');
    night.at('09:00');
    const correction = await night.start('rejected.csv');
    expect(await night.look()).toEqual(FINE);
    await night.end(correction, 'FAILED');
    expect(await night.look()).toEqual(FINE);
  });

  it('is missed by an export that came after it, until its run is done', async () => {
    night.at('07:00');
    const run = await night.start('late.csv');
    expect(await night.look()).toEqual(AT_RISK);
    await night.end(run, 'SUCCEEDED');
    expect(await night.look()).toEqual(FINE);
  });

  it('of one night says nothing any more when the next export is expected', async () => {
    night.at('02:00');
    await night.end(await night.start('a.csv'), 'FAILED');
    await succeed('b.csv', '01:00+1');
    night.at('01:59+1');
    expect(await night.look()).toEqual(AT_RISK);
    night.at('02:00+1');
    expect(await night.look()).toEqual(FINE);
  });
});

describe('what can’t be looked at', () => {
  /** Has this call fail for this run. */
  function breakCall(name: string): void {
    night.states.client.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          if (commandName === name) throw Object.assign(new Error('Taro-Yamada'), { name: 'AccessDeniedException' });
          return next(args);
        },
      { step: 'initialize' },
    );
  }

  it('if that is what a run is of, counts as an export: so it was expected, and has its deadline', async () => {
    await succeed('exports/resubmit/5c2d77e1/corrected.csv', '01:00');
    night.at('02:00');
    expect(await night.look()).toEqual(OVERDUE);
    breakCall('DescribeExecutionCommand');
    expect(await night.look()).toEqual(FINE);
  });

  it('if that is a run, counts as not mended, and hides no other', async () => {
    night.at('02:00');
    await night.end(await night.start('a.csv'), 'FAILED');
    await succeed('a.csv', '03:00');
    night.at('06:01');
    expect(await night.look()).toEqual(FINE);
    breakCall('DescribeExecutionCommand');
    expect(await night.look()).toEqual(AT_RISK);
  });

  it('if that is the age of the system, hides neither a missing export nor a late run', async () => {
    breakCall('DescribeStateMachineCommand');
    night.at('02:00');
    expect(await night.look()).toEqual(OVERDUE);
    await night.end(await night.start('a.csv'), 'FAILED');
    night.at('06:01');
    expect(await night.look()).toEqual(AT_RISK);
  });

  it('if that is the list itself, leaves the alarms as they are: nothing is emitted', async () => {
    night.at('02:00');
    breakCall('ListExecutionsCommand');
    await expect(night.look()).rejects.toThrow();
  });
});
