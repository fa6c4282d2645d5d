import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { inject, type OnceKind } from './inject.ts';
import type { Random } from './random.ts';
import { goingOn } from './system/going-on.ts';
import type { System } from './system/system.ts';
import type { EventStep, ExportStep, Phase } from './types.ts';

const LOOK_AGAIN_MS = 250;

/**
 * Does what a phase's steps say, each at its time, until the last of its faults is over or has nothing left to hit.
 * Returns the object versions of its uploads.
 */
export async function performPhase(
  { steps }: Phase,
  system: System,
  random: Random,
  happened: (kind: OnceKind) => void,
): Promise<string[]> {
  const start = Date.now();
  const versionIds: string[] = [];
  const background: Promise<void>[] = [];
  for (const step of steps) {
    await sleep(Math.max(0, start + step.atMs - Date.now()));
    if (step.kind === 'export') versionIds.push(await upload(system, step));
    else if (step.kind === 'event') await sendEvent(system, step);
    else background.push(...(await inject(step.fault, system, random, happened)));
  }
  await Promise.all(background);
  while (hasFaults(system) && (await goingOn(system, versionIds)) !== undefined) await sleep(LOOK_AGAIN_MS);
  return versionIds;
}

function hasFaults({ faults, profileFaults }: System): boolean {
  return faults.isActive || profileFaults.isActive;
}

/** Returns the version of the object, which names the upload. */
async function upload(system: System, { name, asOf, content, writtenAs }: ExportStep): Promise<string> {
  const { VersionId = '' } = await system.clients.s3.send(
    new PutObjectCommand({
      Bucket: system.output('ExportBucketName'),
      Key: `${system.output('ExportPrefix')}${name}`,
      Body: written(content, writtenAs),
      ...(asOf !== undefined && { Metadata: { 'as-of': asOf } }),
    }),
  );
  return VersionId;
}

function written(content: string, as: ExportStep['writtenAs']): string | Buffer {
  switch (as) {
    case 'gzip':
      return gzipSync(content);
    case 'zstd':
      return zstdCompressSync(content);
    case 'utf-16':
      return Buffer.from(`\ufeff${content.replace(/^\ufeff/, '').toWellFormed()}`, 'utf16le');
    default:
      return content;
  }
}

async function sendEvent(system: System, { source, detailType, detail, time }: EventStep): Promise<void> {
  const { FailedEntryCount = 0, Entries = [] } = await system.clients.events.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: system.output('EventBusName'),
          Source: source,
          DetailType: detailType,
          Detail: detail,
          Time: new Date(time),
        },
      ],
    }),
  );
  if (FailedEntryCount > 0) throw new Error(`The bus refused an event: ${Entries[0]?.ErrorCode}`);
}
