import { afterEach, beforeEach, describe, it } from 'vitest';
import { addWatchMetrics } from '../../functions/watch-runs/watch-metrics.ts';
import { halfAnHourOfWork, startWatchedNight, type WatchedNight } from '../functions/watch-runs/watched-night.ts';
import { CapturedMetrics } from '../helpers/captured-metrics.ts';
import { expectFiresAndRecovers } from './fires-and-recovers.ts';
import { SERVICE } from './template.ts';

let night: WatchedNight;
beforeEach(async () => {
  night = await startWatchedNight();
});
afterEach(() => night.close());

/** What WatchRuns publishes of its look at the runs. */
async function look() {
  const metrics = new CapturedMetrics(SERVICE);
  addWatchMetrics(metrics, await night.look());
  return metrics.take();
}

describe('the alarm ExportOverdue', () => {
  it('fires when no export has come by its time, and recovers when one comes', async () => {
    night.at('01:00+-1');
    await night.start('yesterday.csv');
    let uploaded = false;
    await expectFiresAndRecovers('ExportOverdue', {
      async well() {
        night.at(uploaded ? '02:20' : '01:55');
        if (uploaded) await night.start('today.csv');
        return look();
      },
      trouble() {
        night.at('02:00');
        uploaded = true;
        return look();
      },
    });
  });
});

describe('the alarm DeadlineAtRisk', () => {
  it('fires when a run becomes too slow for its deadline, and recovers when it is fast again', async () => {
    const run = await halfAnHourOfWork(night, 5_000);
    const startedAt = Date.now() - 30 * 60_000;
    const at = async (time: string, rows: number) => {
      night.at(time);
      await night.work(run, { rows, startedAt });
      return look();
    };
    let trouble = 0;
    await expectFiresAndRecovers('DeadlineAtRisk', {
      well: () => (trouble === 0 ? at('02:30', 5_000) : at('03:30', 9_000)),
      // Nothing moves any more.
      trouble() {
        trouble += 1;
        night.at(`02:5${trouble}`);
        return look();
      },
    });
  });

  it('fires when a run has failed and the deadline is over, and recovers when it is redriven to its end', async () => {
    const run = await halfAnHourOfWork(night, 5_000);
    let failed = false;
    await expectFiresAndRecovers('DeadlineAtRisk', {
      async well() {
        if (failed && (await night.look()).deadlineAtRisk) {
          await night.redrive(run);
          await night.end(run, 'SUCCEEDED');
        }
        return look();
      },
      async trouble() {
        if (!failed) await night.end(run, 'FAILED');
        failed = true;
        night.at('06:05');
        return look();
      },
    });
  });
});
