import { PutObjectCommand } from '@aws-sdk/client-s3';
import { RedriveExecutionCommand } from '@aws-sdk/client-sfn';
import type { Stage } from '../stage.ts';
import { comesTrue, published, type Situation } from './situation.ts';
import { ended, HEADER, runOf, upload } from './uploads.ts';

/** The deadline of the stage's schedule is past, and then it holds for the first run of the night. That one fails, again and again. */
const KEY = 'exports/first-of-the-night.csv';
const DENIED = { error: 'AccessDeniedException' } as const;
/** As long as WatchRuns takes to look twice. */
const LONG_DENIED = { ...DENIED, extraLatencyMs: 7_000 };

/** To be played before every other run, after a look at a night without one, which asks how old the system is. */
export async function failTheFirstRun(stage: Stage): Promise<string | undefined> {
  const { stack, clients } = stage.test;
  await comesTrue(stage, () => published(stage, 'ExportOverdue').count > 0);
  stage.breakDown(DENIED);
  const Body = `${HEADER}\nF1,Taro,Yamada,,,,,,,,,,,,,,,,,2026-01-01T00:00:00Z`;
  await clients.s3.send(new PutObjectCommand({ Bucket: stack.outputs.ExportBucketName ?? '', Key: KEY, Body }));
  const run = await runOf(stage, { Key: KEY });
  await ended(stage, run);
  stage.mend();
  return run;
}

/** WatchRuns begins two looks, and ends one that it began now. */
async function looks(stage: Stage): Promise<boolean> {
  const before = published(stage, 'ExportOverdue').count;
  return comesTrue(stage, () => published(stage, 'ExportOverdue').count > before + 1);
}

/** Whether it will be done in time is read from its progress. */
export const aLookAtARunAtWork: Situation = async (stage, remove) => {
  stage.breakDown(LONG_DENIED);
  remove();
  await stage.test.clients.sfn.send(new RedriveExecutionCommand({ executionArn: stage.firstRun }));
  const looked = await looks(stage);
  await ended(stage, stage.firstRun);
  return looked;
};

/** Whether a later run synced the same export is read from what the runs were started with. */
export const aLookAtAMendedRun: Situation = async (stage, remove) => {
  await ended(stage, await runOf(stage, await upload(stage)));
  remove();
  return looks(stage);
};
