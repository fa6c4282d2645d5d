import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLine } from '../helpers/command-line.ts';
import { sendEvents, untilLiveQueueIsEmpty } from '../helpers/live-events.ts';
import { findProfiles } from '../helpers/profiles.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';

const HEADER = 'customer_id,first_name,last_name,email,phone,city,loyalty_tier,notes';
const CUSTOMERS = 30;
const MAPPING = 'test/chaos/mappings/clearing.json';

let test: TestStack;
/** What policies refused and allowed. */
const refused: string[] = [];
const allowed = new Set<string>();
beforeAll(async () => {
  const settings = { latencyMs: { median: 10, spread: 0.3 } };
  test = await startTestStack({
    ...{ quota: 150, mapping: MAPPING, settings },
    onRefused: (message) => refused.push(message),
    onAllowed: (_who, { action }, { policy }) => allowed.add(`${policy} ${action}`),
  });
});
afterAll(() => test.stop());

const night = (of: (customer: number) => string) =>
  `${[HEADER, ...Array.from({ length: CUSTOMERS }, (_, n) => of(n))].join('\n')}\n`;
const filled = (n: number) => `K${n},Ann,Lee,ann${n}@example.com,,Nara,gold,note`;
/** Every third customer empties e-mail address, city and tier; notes are not cleared. */
const emptied = (n: number) => (n % 3 === 0 ? `K${n},Ann,Lee,,,,,` : filled(n));
const profile = async (n: number) => (await findProfiles(test.stack, 'chaosClearingId', `K${n}`))[0];

it('test-row shows which fields a row would clear', async () => {
  await test.succeed('first.csv', night(filled));
  const path = join(test.folder, 'emptied.csv');
  await writeFile(path, night(emptied));
  const { stdout } = await commandLine(test)(['test-row', path, '--row', '2', '--mapping', MAPPING]);
  expect(stdout).toMatch(/^email +email +\(empty: cleared in the profile\)/m);
  expect(stdout).toMatch(/^phone +phone +\(empty: not sent\)/m);
  expect(stdout).toMatch(/^notes +notes +\(empty: not sent\)/m);
});

it('fields that records empty are cleared in the profiles, and the next night costs nothing', async () => {
  const { summary } = await test.succeed('second.csv', night(emptied));
  expect(summary).toMatchObject({ synced: 10, unchanged: 20, cleared: 10, notCleared: 10, calls: 10 });
  expect(summary.clearedByField).toEqual({ email: 10, city: 10, loyaltyTier: 10 });
  expect(summary.notClearedByField).toEqual({ notes: 10 });
  expect(await profile(3)).toMatchObject({ LastName: 'Lee', AdditionalInformation: 'note' });
  for (const member of ['EmailAddress', 'Address', 'Attributes']) expect(await profile(3)).not.toHaveProperty(member);
  expect(await profile(4)).toMatchObject({ EmailAddress: 'ann4@example.com', Address: { City: 'Nara' } });

  const again = await test.succeed('third.csv', night(emptied));
  expect(again.summary).toMatchObject({ synced: 0, unchanged: CUSTOMERS, calls: 0 });
  expect(again.summary).not.toHaveProperty('cleared');
});

it('what was cleared is filled again by a record that has it', async () => {
  await test.succeed('fourth.csv', night(filled));
  expect(await profile(3)).toMatchObject({
    EmailAddress: 'ann3@example.com',
    Address: { City: 'Nara' },
    Attributes: { loyaltyTier: 'gold' },
  });
});

it('a run that may not update profiles fails; its redrive clears what is owed and sends nothing again', async () => {
  test.stack.customerProfiles.configure({ fault: { operation: 'UpdateProfile', error: 'AccessDeniedException' } });
  const failed = await test.sync('fifth.csv', night(emptied));
  if (!('errors' in failed)) throw new Error('it should have failed');
  expect(failed.errors).toMatchObject([{ name: 'ProfilesAccessDenied' }]);
  expect(JSON.stringify(failed.errors)).toContain('profile:UpdateProfile');
  test.stack.customerProfiles.configure({ fault: undefined });
  const redriven = await test.redrive(failed.runId);
  if (!('summary' in redriven)) throw new Error(JSON.stringify(redriven));
  const { summary } = redriven;
  expect(summary).toMatchObject({ synced: 10, unchanged: 20, cleared: 10, calls: 10 });
  for (const n of [0, 3, 6]) expect(await profile(n)).not.toHaveProperty('EmailAddress');
});

it('a live event clears what it empties, too', async () => {
  const record = { customer_id: 'K1', first_name: 'Ann', last_name: 'Lee', city: 'Nara' };
  await sendEvents(test, [{ record, time: new Date(Date.now() + 60_000).toISOString() }]);
  await untilLiveQueueIsEmpty(test);
  expect(await profile(1)).toMatchObject({ Address: { City: 'Nara' }, AdditionalInformation: 'note' });
  expect(await profile(1)).not.toHaveProperty('EmailAddress');
});

it('both workers need what the policies allow them, and are refused nothing', () => {
  expect(refused).toEqual([]);
  for (const worker of ['SyncChunk', 'SyncEvent']) {
    for (const action of ['profile:SearchProfiles', 'profile:UpdateProfile']) {
      expect([...allowed]).toContainEqual(expect.stringMatching(new RegExp(`${worker}.* ${action}$`)));
    }
  }
});
