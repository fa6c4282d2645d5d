import { PutObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { NoticesView, NoticeView, NowView, RunView } from '../../../cli/console/api.ts';
import { pauseRate, resumeRate } from '../../../cli/rate/change-rate.ts';
import { smallMappingFile } from '../../helpers/small-export.ts';
import { startTestStack, type TestStack } from '../../helpers/stack.ts';
import { type Opened, openConsole } from './opened.ts';

let test: TestStack;
let console: Opened;
beforeAll(async () => {
  test = await startTestStack({ quota: 100, mapping: smallMappingFile(), timeScale: 0.05 });
});
afterAll(() => test.stop());

/** What a console that is opened now tells. */
async function notices(): Promise<readonly NoticeView[]> {
  console = await openConsole(test.connected);
  const told = (await console.get<NoticesView>('/api/notices')).notices;
  const { openNotices } = await console.get<NowView>('/api/now');
  expect(openNotices).toBe(told.filter(({ is }) => is === 'open').length);
  await console.close();
  return told;
}

it('there are none where nothing is wrong', async () => {
  await test.succeed('good.csv', 'id,name\nA,Ann\n');
  expect(await notices()).toEqual([]);
});

it('a run that failed is one until its export was synced', async () => {
  const { runId } = await test.sync('night.csv', 'number,label\n1,a\n');
  const [notice, ...others] = await notices();
  expect(others).toEqual([]);
  expect(notice).toMatchObject({
    is: 'open',
    severity: 'failed',
    runId,
    subject: 'Profile sync: a run failed: InvalidExport',
    message: expect.stringMatching(/What failed[\s\S]*How far it got[\s\S]*What to do/),
  });
  await test.succeed('night.csv', 'id,name\nA,Amy\n');
  expect(await notices()).toMatchObject([{ id: notice?.id, is: 'over' }]);
});

it('a pause is one until it ends', async () => {
  await pauseRate(test.connected);
  expect((await notices())[0]).toMatchObject({ id: 'paused', is: 'open', severity: 'attention' });
  await resumeRate(test.connected);
  expect((await notices()).filter(({ is }) => is === 'open')).toEqual([]);
});

it('live events in the dead letters are one', async () => {
  const QueueUrl = test.connected.outputs.DeadLetterQueueUrl;
  await test.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }));
  expect((await notices())[0]).toMatchObject({
    is: 'open',
    severity: 'attention',
    subject: '1 live event could not be synced',
    message: expect.stringContaining(QueueUrl),
  });
});

it('a run that Step Functions has forgotten is told by its summary', async () => {
  const { summary } = await test.succeed('old.csv', 'id,name\nB,Bea\n,Ben\n');
  const runId = 'a-run-of-last-year';
  await test.clients.s3.send(
    new PutObjectCommand({
      Bucket: test.connected.outputs.RunBucketName,
      Key: `runs/${runId}/summary.json`,
      Body: JSON.stringify({ ...summary, runId }),
    }),
  );
  console = await openConsole(test.connected);
  expect(await console.get<RunView>(`/api/runs/${runId}`)).toMatchObject({
    ...{ runId, status: 'SUCCEEDED', rows: 2, synced: 1, rejected: 1, cells: [], canRedrive: false, hasReport: false },
    summary: { rejectedByCode: { MISSING_KEY: 1 } },
  });
  expect((await console.fetch(`/api/runs/${runId}/history`)).status).toBe(404);
  await console.close();
});
