import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { findProfiles } from '../helpers/profiles.ts';
import { SMALL_KEY, smallExport, smallMappingFile } from '../helpers/small-export.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';

const ROWS = 120;
/** Its object alone has this text. */
const POISON = `"K77"`;

let test: TestStack;
beforeAll(async () => {
  test = await startTestStack({
    quota: 100,
    mapping: smallMappingFile(),
    settings: { latencyMs: { median: 10, spread: 0 } },
    timeScale: 0.05,
  });
});
afterAll(() => test.stop());
afterEach(() => test.stack.customerProfiles.configure({ fault: undefined }));

it('a record that the service always answers with 500 is rejected with SERVICE_ERROR while the rest goes on', async () => {
  test.stack.customerProfiles.configure({ fault: { error: 'InternalServerException', forObjectsWith: POISON } });
  const { summary, rejected } = await test.succeed('poison.csv', smallExport(ROWS, 'first'));
  expect(summary).toMatchObject({ rows: ROWS, synced: ROWS - 1, rejected: 1, rejectedByCode: { SERVICE_ERROR: 1 } });
  expect(await readFile(rejected ?? '', 'utf8')).toContain('K77,first 77');

  test.stack.customerProfiles.configure({ fault: undefined });
  const next = await test.succeed('poison.csv', smallExport(ROWS, 'first'));
  expect(next.summary).toMatchObject({ synced: 1, unchanged: ROWS - 1, rejected: 0, calls: 1 });
  expect(await findProfiles(test.stack, SMALL_KEY, 'K77')).toMatchObject([{ FirstName: 'first 77' }]);
});

it('a record that the service refuses is rejected with its reason, and not sent again until it changes', async () => {
  test.stack.customerProfiles.configure({ fault: { error: 'BadRequestException', forObjectsWith: POISON } });
  const first = await test.succeed('refused.csv', smallExport(ROWS, 'second'));
  expect(first.summary).toMatchObject({ synced: ROWS - 1, rejected: 1, rejectedByCode: { REFUSED: 1 }, retries: 0 });
  expect(await readFile(first.rejected ?? '', 'utf8')).toContain('A fault that was asked for.');

  const again = await test.succeed('refused.csv', smallExport(ROWS, 'second'));
  expect(again.summary).toMatchObject({ unchanged: ROWS - 1, rejected: 1, rejectedByCode: { REFUSED: 1 }, calls: 0 });
  expect(await readFile(again.rejected ?? '', 'utf8')).toContain('A fault that was asked for.');

  test.stack.customerProfiles.configure({ fault: undefined });
  const changed = smallExport(ROWS, 'second').replace('second 77', 'third 77');
  const mended = await test.succeed('refused.csv', changed);
  expect(mended.summary).toMatchObject({ unchanged: ROWS - 1, synced: 1, rejected: 0, calls: 1 });
});
