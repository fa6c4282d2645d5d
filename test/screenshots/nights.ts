import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { runOfUpload } from '../../cli/exports/run-of-upload.ts';
import { uploadExport } from '../../cli/exports/upload.ts';
import { exportTarget } from '../../cli/exports/upload-target.ts';
import { followRun, runIdOf } from '../../cli/runs/follow-run.ts';
import { stopRun } from '../../cli/runs/stop-run.ts';
import { systemClock } from '../../functions/shared/clock.ts';
import { readRunProgress } from '../../functions/shared/run-progress.ts';
import { exportCsv } from '../../samples/export-csv.ts';
import type { TestStack } from '../helpers/stack.ts';

/** Moments of two nights at which there is something to see, with the run that it is about. */
export type Moment = 'running' | 'failed' | 'redriven' | 'second night' | 'several runs';

const ROWS = 4_000;
const FIRST = { key: 'crm/2026-03-30/customers.csv', asOf: '2026-03-31T01:00:00+09:00' };
const SECOND = { key: 'crm/2026-03-31/customers.csv', asOf: '2026-04-01T01:00:00+09:00' };

/**
 * Two nights on a stack: the first run loses the permission to send when a part of its rows has arrived, is redriven and
 * succeeds; the second has little to do.
 */
export async function playNights(test: TestStack, at: (moment: Moment, runId: string) => Promise<void>): Promise<void> {
  const { iam } = test.stack;
  const first = await upload(test, FIRST, 1);
  await untilDone(test, runIdOf(first), 0.3);
  await at('running', runIdOf(first));

  const policies = iam.policies();
  iam.putPolicies(
    policies.map((policy) => ({
      ...policy,
      document: JSON.parse(JSON.stringify(policy.document).replaceAll('profile:PutProfileObject', 'profile:GetDomain')),
    })),
  );
  await followRun(first, test.connected);
  await at('failed', runIdOf(first));

  iam.putPolicies(policies);
  await test.redrive(runIdOf(first));
  await at('redriven', runIdOf(first));

  const second = await upload(test, SECOND, 2);
  await followRun(second, test.connected);
  await at('second night', runIdOf(second));

  const stopped = await upload(test, { ...FIRST, key: 'crm/shops/customers.csv' }, 1, 2);
  await untilDone(test, runIdOf(stopped), 0.05);
  await stopRun(runIdOf(stopped), test.connected);
  const last = await upload(test, { ...SECOND, key: 'crm/partners/customers.csv' }, 1, 3);
  await untilDone(test, runIdOf(last), 0.1);
  await at('several runs', runIdOf(last));
}

async function upload(test: TestStack, { key, asOf }: typeof FIRST, night: number, seed = 1): Promise<string> {
  const path = join(test.folder, `night-${night}-${seed}.csv`);
  await writeFile(path, Readable.from(exportCsv({ rows: ROWS, seed, churn: 1, night })));
  const uploaded = await uploadExport(test.connected, path, exportTarget(test.connected, key, { asOf }));
  const run = await runOfUpload(test.connected, uploaded, false);
  if (typeof run !== 'string') throw new Error('The upload started no run.');
  return run;
}

/** Until this share of the run's rows has an outcome. */
async function untilDone({ connected }: TestStack, runId: string, share: number): Promise<void> {
  const { clients, outputs } = connected;
  for (;;) {
    const { rows, totalRows = Number.POSITIVE_INFINITY } = await readRunProgress(
      clients.dynamo,
      outputs.RunTableName,
      runId,
    );
    if (rows >= share * totalRows) return;
    await systemClock.sleep(250);
  }
}
