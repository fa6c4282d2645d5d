import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CustomerProfilesClient } from '@aws-sdk/client-customer-profiles';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { systemClock } from '../../functions/shared/clock.ts';
import type { Chunk, RunUsage } from '../../functions/shared/contracts.ts';
import { createFullExports } from '../../functions/shared/ledger/full-exports.ts';
import { objectTypeProperties } from '../../functions/shared/mapping/object-type.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import { createProfileWriter } from '../../functions/shared/profiles/profile-writer.ts';
import type { RatePlan } from '../../functions/shared/rate-plan.ts';
import { createUsageMeter } from '../../functions/shared/usage/usage-meter.ts';
import { splitExport } from '../../functions/split-export/split-export.ts';
import { summarizeRun } from '../../functions/summarize-run/summarize-run.ts';
import { syncChunk } from '../../functions/sync-chunk/sync-chunk.ts';
import { createCustomerProfiles } from '../../local/customer-profiles/customer-profiles.ts';
import { createS3 } from '../../local/s3/s3.ts';
import { CapturedMetrics } from '../helpers/captured-metrics.ts';
import { serve } from '../helpers/serve.ts';
import { startTables, TABLES } from '../helpers/tables.ts';

type Table = keyof typeof TABLES;
interface RequestUnits {
  read: number;
  write: number;
}

interface Asked {
  readonly dynamo: Readonly<Record<Table, RequestUnits>>;
  readonly s3: { gets: number; puts: number };
}

/** What the chunks of one night used. */
export interface Metered extends Asked {
  readonly chunks: number;
  /** What all functions of the run asked for, and what the run itself says of it. */
  readonly whole: Asked;
  readonly said: RunUsage | undefined;
}

export interface MeteredNights {
  readonly tables: Awaited<ReturnType<typeof startTables>>;
  /** Splits the export and syncs its chunks one after the other, with the product's own functions. */
  run(runId: string, csv: string, mapping: Mapping, plan: RatePlan): Promise<Metered>;
  stop(): Promise<void>;
}

/** The functions of a run against embedded services over HTTP, with every request to DynamoDB and S3 counted as AWS bills it. */
export async function startMeteredNights(mapping: Mapping): Promise<MeteredNights> {
  const folder = await mkdtemp(join(tmpdir(), 'metered-nights-'));
  const tables = await startTables();
  const store = createS3({ directory: join(folder, 's3'), onEvent: () => {} });
  store.createBucket('exports', { versioned: true, eventBridge: false });
  store.createBucket('runs', { versioned: false, eventBridge: false });
  const settings = { latencyMs: { median: 5, spread: 0 }, putRatePerSecond: 10_000 };
  const service = createCustomerProfiles({ directory: join(folder, 'profiles'), settings });
  service.createDomain('demo');
  service.putObjectType('demo', { ...objectTypeProperties(mapping.definition, 'demo') });
  let asked: Asked[] = [];
  const metered = {
    ...store,
    handle(...args: Parameters<typeof store.handle>) {
      const [{ method, url = '' }] = args;
      const isPut = method === 'PUT' || method === 'POST' || /[?&](list-type|versions)\b/.test(url);
      for (const { s3 } of asked) s3[isPut ? 'puts' : 'gets'] += 1;
      return store.handle(...args);
    },
  };
  const served = [await serve(metered), await serve(service)];
  const common = { region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
  const s3 = new S3Client({ ...common, endpoint: served[0]?.endpoint ?? '' });
  const profiles = new CustomerProfilesClient({ ...common, endpoint: served[1]?.endpoint ?? '', maxAttempts: 1 });

  tables.client.middlewareStack.add(
    (next, context) => async (args) => {
      const input = args.input as { TableName?: string; RequestItems?: object };
      const table = tableOf(input.TableName ?? Object.keys(input.RequestItems ?? {})[0]);
      const use = (kind: keyof RequestUnits, units: number) => {
        for (const { dynamo } of asked) dynamo[table][kind] += units;
      };
      const kind = /Get|Query/.test(context.commandName ?? '') ? 'read' : 'write';
      try {
        const answer = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } });
        const { ConsumedCapacity = [] } = answer.output as { ConsumedCapacity?: unknown };
        for (const { CapacityUnits } of [ConsumedCapacity].flat() as { CapacityUnits: number }[]) {
          use(kind, CapacityUnits);
        }
        return answer;
      } catch (error) {
        // A write whose condition fails is billed as one that succeeds.
        use(kind, 1);
        throw error;
      }
    },
    { step: 'initialize' },
  );
  const meter = createUsageMeter({ dynamo: tables.client, s3, mib: 1_024, now: Date.now });

  async function run(runId: string, csv: string, mapping: Mapping, plan: RatePlan): Promise<Metered> {
    const { name: objectTypeName } = mapping.definition.objectType;
    const shared = { s3, dynamo: tables.client, mapping, runBucket: 'runs', meter };
    const startedAt = new Date().toISOString();
    const scope = { client: tables.client, domainName: 'demo', objectTypeName };
    const key = `exports/${runId}.csv`;
    await s3.send(new PutObjectCommand({ Bucket: 'exports', Key: key, Body: csv }));
    const whole = nothing();
    asked = [whole];
    const split = await splitExport(
      { runId, resync: false, bucket: 'exports', key },
      {
        ...shared,
        ratePlan: plan,
        runTable: TABLES.run,
        fullExports: createFullExports({ ...scope, runTable: TABLES.run }),
        tempDirectory: folder,
        now: Date.now,
      },
    );
    asked = [];
    const { Body } = await s3.send(
      new GetObjectCommand({ Bucket: split.chunksFile.bucket, Key: split.chunksFile.key }),
    );
    const lines = ((await Body?.transformToString()) ?? '').trimEnd().split('\n');
    const chunks = lines.map((line) => JSON.parse(line) as Chunk);
    const ofChunks = nothing();
    asked = [whole, ofChunks];
    const environment = {
      ...shared,
      writer: createProfileWriter({ client: profiles, domainName: 'demo', objectTypeName }),
      clock: systemClock,
      metrics: new CapturedMetrics(),
      plan,
      domainName: 'demo',
      tables: TABLES,
    };
    for (const chunk of chunks) {
      const input = { runId, attempt: { redrive: 0, retry: 0 }, resync: false, export: split.export, chunk };
      await syncChunk(input, environment, Date.now() + 360_000);
    }
    asked = [whole];
    const deps = { ...shared, runTable: TABLES.run, quota: plan.quota, recordsPerPermit: 1, now: Date.now };
    const { usage } = await summarizeRun({ runId, startedAt, split }, deps);
    asked = [];
    return { ...ofChunks, chunks: chunks.length, whole, said: usage };
  }

  return {
    tables,
    run,
    async stop() {
      for (const each of served) await each.close();
      await tables.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function nothing(): Asked {
  const none = () => ({ read: 0, write: 0 });
  return { dynamo: { ledger: none(), budget: none(), run: none() }, s3: { gets: 0, puts: 0 } };
}

function tableOf(tableName: string | undefined): Table {
  const names = Object.keys(TABLES) as Table[];
  const table = names.find((name) => TABLES[name] === tableName);
  if (!table) throw new Error(`No table is named ${tableName}.`);
  return table;
}
