import { gzipSync, zstdCompressSync } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
} from '@aws-sdk/client-sfn';
import type { Stage } from '../stage.ts';
import { pause } from './situation.ts';

export const HEADER =
  'customer_id,first_name,last_name,name_kana,email,phone,mobile,company,address_1,address_2,city,state,postal_code,country,birth_date,language,loyalty_tier,store,notes,updated_at';

const PACKERS = { '': Buffer.from, '.gz': gzipSync, '.zst': zstdCompressSync } as const;

export interface Uploaded {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId: string | undefined;
}

/** Rows of customers that nobody knows yet, one of them bad: the run sends, rejects and raises the alarm. */
export async function upload(stage: Stage, packed: keyof typeof PACKERS = ''): Promise<Uploaded> {
  const { stack, clients } = stage.test;
  const name = stage.newName();
  const good = [1, 2, 3].map((n) => `${name}-${n},Taro,Yamada,,,,,,,,,,,,,,,,,2026-01-01T00:00:00Z`);
  const object = { Bucket: stack.outputs.ExportBucketName ?? '', Key: `exports/${name}.csv${packed}` };
  const Body = PACKERS[packed]([HEADER, ...good, `${name}-4,Taro`].join('\n'));
  const { VersionId } = await clients.s3.send(new PutObjectCommand({ ...object, Body }));
  return { ...object, VersionId };
}

/** The run of the upload; undefined if the event was refused. */
export async function runOf(stage: Stage, { Key }: Pick<Uploaded, 'Key'>): Promise<string | undefined> {
  const { sfn } = stage.test.clients;
  const stateMachineArn = stage.test.stack.outputs.StateMachineArn;
  for (;;) {
    const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 1 }));
    const executionArn = executions[0]?.executionArn;
    if (executionArn) {
      const { input } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      if (input?.includes(Key)) return executionArn;
    }
    if (stage.refusals.length > 0) return undefined;
    await pause();
  }
}

/** The status that the run ends with. */
export async function ended(stage: Stage, executionArn: string | undefined): Promise<string> {
  for (;;) {
    const { status } = await stage.test.clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (status !== 'RUNNING') return status ?? '';
    await pause();
  }
}

/** Causes in the history of the run and of its chunks. */
export async function causesOf(stage: Stage, run: string | undefined): Promise<string[]> {
  const { sfn } = stage.test.clients;
  const { mapRuns = [] } = await sfn.send(new ListMapRunsCommand({ executionArn: run }));
  const chunks = await Promise.all(
    mapRuns.map(({ mapRunArn }) => sfn.send(new ListExecutionsCommand({ mapRunArn, statusFilter: 'FAILED' }))),
  );
  const arns = [run, ...chunks.flatMap(({ executions = [] }) => executions.map(({ executionArn }) => executionArn))];
  const histories = await Promise.all(
    arns.map((executionArn) => sfn.send(new GetExecutionHistoryCommand({ executionArn, reverseOrder: true }))),
  );
  return histories.flatMap(({ events = [] }) => events.flatMap((event) => event.taskFailedEventDetails?.cause ?? []));
}
