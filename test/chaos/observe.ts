import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GetDomainCommand, type Profile, SearchProfilesCommand } from '@aws-sdk/client-customer-profiles';
import { GetObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { parse } from 'csv-parse/sync';
import type { RunSummary } from '../../functions/shared/contracts.ts';
import { describeRun, listRuns, type Run } from './system/runs.ts';
import type { System } from './system/system.ts';
import type { ObservedDeadLetter, ObservedRun } from './types.ts';

/** What of a profile is no field that an object fills. */
const NOT_FILLED = new Set(['ProfileId', 'FoundByItems']);
/** Of one receive. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
const MAX_MESSAGES = 10;

/** The runs that are not known yet, oldest first, with what they left. */
export async function observeRuns(system: System, known: ReadonlySet<string>): Promise<ObservedRun[]> {
  const runs = (await listRuns(system)).filter(({ runId }) => !known.has(runId));
  return Promise.all(runs.reverse().map((run) => observeRun(system, run)));
}

async function observeRun(system: System, run: Run): Promise<ObservedRun> {
  const { key, versionId, output } = await describeRun(system, run);
  const summary: RunSummary | undefined = output === undefined ? undefined : JSON.parse(output);
  const rejectedFile = summary?.files.rejected;
  return {
    runId: run.runId,
    name: key.slice(system.output('ExportPrefix').length),
    ...(await uploadOf(system, key, versionId)),
    status: run.status,
    summary,
    rejected: rejectedFile === undefined ? [] : rejectedRows(await readText(system, rejectedFile)),
  };
}

async function uploadOf(system: System, key: string, versionId: string) {
  const Bucket = system.output('ExportBucketName');
  const { Versions = [] } = await system.clients.s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: key }));
  // They come newest first, and those of longer keys with them.
  const versions = Versions.filter(({ Key }) => Key === key).reverse();
  const versionOrder = versions.findIndex(({ VersionId }) => VersionId === versionId);
  return { uploadTime: versions[versionOrder]?.LastModified?.getTime() ?? 0, versionOrder };
}

async function readText(system: System, address: string): Promise<string> {
  const { hostname, pathname } = new URL(address);
  const object = { Bucket: hostname, Key: decodeURIComponent(pathname.slice(1)) };
  const { Body } = await system.clients.s3.send(new GetObjectCommand(object));
  return (await Body?.transformToString()) ?? '';
}

/** The rows of a rejected file, in either format. */
function rejectedRows(text: string): ObservedRun['rejected'] {
  if (!text.startsWith('{')) {
    const [, ...rows]: string[][] = parse(text, { relax_column_count: true });
    return rows.map(([row, code = '']) => ({ row: Number(row), code }));
  }
  return [...text.matchAll(/^\{"_row":(\d+),"_code":"(\w+)"/gm)].map(([, row, code = '']) => ({
    row: Number(row),
    code,
  }));
}

/** Takes the dead letters of live events out of their queue. */
export async function takeDeadLetters(system: System): Promise<ObservedDeadLetter[]> {
  const QueueUrl = system.output('DeadLetterQueueUrl');
  const letters: ObservedDeadLetter[] = [];
  for (;;) {
    const { Messages = [] } = await system.clients.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: MAX_MESSAGES, MessageAttributeNames: ['All'] }),
    );
    if (Messages.length === 0) return letters;
    for (const { Body = '', MessageAttributes, ReceiptHandle } of Messages) {
      letters.push({ detail: detailOf(Body), code: MessageAttributes?.code?.StringValue });
      await system.clients.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}

function detailOf(body: string): string {
  const { detail }: { detail: unknown } = JSON.parse(body);
  return JSON.stringify(detail);
}

export interface ObservedProfiles {
  readonly profiles: Map<string, Record<string, string>>;
  /** Customers of more than one profile, and profiles of no customer, in words. */
  readonly strays: readonly string[];
}

/**
 * Every profile as a client of the service finds it; the store is asked only which customer keys there are.
 *
 * @param leavesProfiles a deletion leaves the customer's profile without an object, which nobody finds.
 */
export async function observeProfiles(
  system: System,
  domain: string,
  keyName: string,
  leavesProfiles: boolean,
): Promise<ObservedProfiles> {
  const { profiles: client } = system.clients;
  const profiles = new Map<string, Record<string, string>>();
  const strays: string[] = [];
  let found = 0;
  for (const customerKey of customerKeys(system, keyName)) {
    const search = new SearchProfilesCommand({ DomainName: domain, KeyName: keyName, Values: [customerKey] });
    const { Items = [] } = await client.send(search);
    found += Items.length;
    const [profile] = Items;
    if (Items.length !== 1) strays.push(`The customer ${customerKey} has ${Items.length} profiles.`);
    if (profile) profiles.set(customerKey, filledFields(profile));
  }
  const { Stats } = await client.send(new GetDomainCommand({ DomainName: domain }));
  const { ProfileCount = 0, ObjectCount = 0 } = Stats ?? {};
  const counts = { profiles: leavesProfiles ? found : ProfileCount, objects: ObjectCount };
  for (const [what, total] of Object.entries(counts)) {
    if (total !== found) strays.push(`Of ${total} ${what}, ${total - found} are of no customer.`);
  }
  return { profiles, strays };
}

function customerKeys(system: System, keyName: string): string[] {
  const database = new DatabaseSync(join(system.folder, 'state', 'customer-profiles', 'customer-profiles.sqlite'), {
    readOnly: true,
  });
  const rows = database.prepare('SELECT DISTINCT value FROM keys WHERE name = ? ORDER BY value').all(keyName);
  database.close();
  return rows.map(({ value }) => String(value));
}

/** By path, as `Address.City`. */
function filledFields(profile: Profile): Record<string, string> {
  const fields: Record<string, string> = {};
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) walk(inner, `${path}.${name}`);
    } else if (value !== undefined && value !== null && value !== '') fields[path] = String(value);
  };
  for (const [name, value] of Object.entries(profile)) if (!NOT_FILLED.has(name)) walk(value, name);
  return fields;
}
