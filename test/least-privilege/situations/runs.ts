import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { RedriveExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Stage } from '../stage.ts';
import { statementFor } from '../statements.ts';
import { pause, type Situation } from './situation.ts';
import { causesOf, ended, HEADER, runOf, upload } from './uploads.ts';

const DENIED = { error: 'AccessDeniedException' } as const;

export const aRun: Situation = async (stage, remove) => {
  remove();
  const run = await runOf(stage, await upload(stage));
  return run !== undefined && (await ended(stage, run)) === 'SUCCEEDED';
};

/** Its text is kept in the run bucket, and chunks are read from there. */
export const aPackedRun: Situation = async (stage, remove) => {
  remove();
  const run = await runOf(stage, await upload(stage, '.gz'));
  return run !== undefined && (await ended(stage, run)) === 'SUCCEEDED';
};

/** Its export lies where no rule looks; one row is bad. */
export const aResync: Situation = async (stage, remove) => {
  remove();
  const name = stage.newName();
  const record = `${name},Taro,Yamada,,,,,,,,,,,,,,,,,2026-01-01T00:00:00Z`;
  const export_ = [HEADER, record, `${name}-2,Taro`].join('\n');
  const { status } = await stage.test.sync(`${name}.csv`, export_, { resync: true });
  return status === 'SUCCEEDED';
};

/** Names the newest version of an export by its key alone. */
const startByHand =
  (prefix: string): Situation =>
  async (stage, remove) => {
    const { clients, stack } = stage.test;
    const Bucket = stack.outputs.ExportBucketName ?? '';
    const Key = `${prefix}${stage.newName()}.txt`;
    await clients.s3.send(new PutObjectCommand({ Bucket, Key, Body: `${HEADER}\n` }));
    remove();
    const input = JSON.stringify({ detail: { bucket: { name: Bucket }, object: { key: Key } } });
    const start = new StartExecutionCommand({ stateMachineArn: stack.outputs.StateMachineArn, input });
    const { executionArn } = await clients.sfn.send(start);
    return (await ended(stage, executionArn)) === 'SUCCEEDED';
  };

export const aRunByHand = startByHand('exports/');
export const aResyncByHand = startByHand('resync/');

const redrive = ({ test }: Stage, executionArn: string | undefined) =>
  test.clients.sfn.send(new RedriveExecutionCommand({ executionArn }));

export const aRedrive: Situation = async (stage, remove) => {
  stage.breakDown(DENIED);
  const run = await runOf(stage, await upload(stage));
  await ended(stage, run);
  stage.mend();
  remove();
  await redrive(stage, run);
  return (await ended(stage, run)) === 'SUCCEEDED';
};

/** S3 says that a version is gone only to who may list the bucket; the chunk's own error then says what to do. */
export const aRedriveAfterTheExportWasDeleted: Situation = async (stage, remove) => {
  stage.breakDown(DENIED);
  const object = await upload(stage);
  const run = await runOf(stage, object);
  await ended(stage, run);
  await stage.test.clients.s3.send(new DeleteObjectCommand(object));
  remove();
  await redrive(stage, run);
  await ended(stage, run);
  return (await causesOf(stage, run)).some((cause) => cause.includes('ExportChanged'));
};

/** As above, for the header line of the rejected file. */
export const aSummaryAfterTheExportWasDeleted: Situation = async (stage, remove) => {
  stage.withdraw(statementFor(stage.policies, 'SummarizeRun', 's3:PutObject'));
  const object = await upload(stage);
  const run = await runOf(stage, object);
  await ended(stage, run);
  await stage.test.clients.s3.send(new DeleteObjectCommand(object));
  stage.grantAll();
  remove();
  await redrive(stage, run);
  await ended(stage, run);
  return (await causesOf(stage, run)).some((cause) => cause.includes('NoSuchVersion'));
};

/** A notice that tells how the chunks failed, and where the report is. */
export const aReport: Situation = async (stage, remove) => {
  remove();
  stage.breakDown(DENIED);
  const run = await runOf(stage, await upload(stage));
  await ended(stage, run);
  const notice = () =>
    stage.test.stack.sns.notices().find(({ Message }) => Message.includes(`Run ${run?.split(':').at(-1)}`));
  const refused = () => stage.refusals.length;
  // A refused event is tried twice again; without a refusal the notice comes.
  for (let seen = -1; !notice() && (refused() === 0 || seen < refused()); ) {
    seen = refused();
    await pause(seen === 0 ? undefined : 500);
  }
  const { Message = '' } = notice() ?? {};
  return Message.includes('Chunks: 0 of 1 done, 1 failed') && Message.includes('Report: s3://');
};
