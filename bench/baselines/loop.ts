import { setTimeout as sleep } from 'node:timers/promises';
import type { S3ObjectCreatedNotificationEvent } from 'aws-lambda';
import { profilesClient, put, rowsOf } from './aws.ts';
import { mapRow } from './rows.ts';
import { LOOP } from './tuning.ts';

const client = profilesClient(1, { maxAttempts: 1 });

/** The common way: one row after the other, each tried up to three times. */
export async function handler(event: S3ObjectCreatedNotificationEvent): Promise<void> {
  for await (const row of await rowsOf(event)) {
    const object = mapRow(row)?.object;
    if (object !== undefined) await putWithRetries(object);
  }
}

async function putWithRetries(object: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await put(client, object);
    } catch (error) {
      if (tries === LOOP.tries) return console.error('A row is lost:', error instanceof Error && error.name);
      await sleep(Math.random() * LOOP.backoffMs * 2 ** tries);
    }
  }
}
