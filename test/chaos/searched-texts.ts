import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import type { System } from './system/system.ts';
import type { SearchedText } from './types.ts';

/** Files that have log lines, metrics and notices in them. */
const FILES = ['logs/**/*', 'sns/**/*'];
/** What a run writes for machines and people, besides the rejected rows: those are customer data. */
const RUN_FILE = /\/(chunks\.jsonl|results\/[^/]*|summary\.json|report\.html)$/;

/**
 * Everything in which customer data must not be: what Step Functions keeps (inputs, outputs, causes and history of runs
 * and their chunks), logs, metrics, notices, RunTable, and the files of runs without the rejected rows.
 */
export async function searchedTexts(system: System, printed: string): Promise<SearchedText[]> {
  const state = join(system.folder, 'state');
  const files = globSync(FILES, { cwd: state, withFileTypes: true }).filter((entry) => entry.isFile());
  return [
    ...files.map(({ parentPath, name }) => {
      return { place: join(parentPath, name), text: readFileSync(join(parentPath, name), 'utf8') };
    }),
    ...stepFunctionsTables(join(state, 'step-functions')),
    { place: 'RunTable', text: await runTable(system) },
    ...(await runFiles(system)),
    { place: 'output of the redrive command', text: printed },
    { place: 'refused calls', text: system.refused.join('\n') },
  ];
}

function stepFunctionsTables(directory: string): SearchedText[] {
  return globSync('*.sqlite', { cwd: directory }).flatMap((file) => {
    const database = new DatabaseSync(join(directory, file), { readOnly: true });
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    const texts = tables.map(({ name }) => {
      const rows = database.prepare(`SELECT * FROM "${name}"`).all();
      return { place: `Step Functions: ${name}`, text: rows.map((row) => Object.values(row).join('\n')).join('\n') };
    });
    database.close();
    return texts;
  });
}

async function runTable(system: System): Promise<string> {
  const items: unknown[] = [];
  const scan = { TableName: system.output('RunTableName') };
  for await (const { Items = [] } of paginateScan({ client: system.clients.dynamo }, scan)) items.push(...Items);
  return JSON.stringify(items);
}

async function runFiles(system: System): Promise<SearchedText[]> {
  const { s3 } = system.clients;
  const Bucket = system.output('RunBucketName');
  const texts: SearchedText[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket })) {
    for (const { Key = '' } of Contents) {
      if (!RUN_FILE.test(Key)) continue;
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      texts.push({ place: Key, text: (await Body?.transformToString()) ?? '' });
    }
  }
  return texts;
}
