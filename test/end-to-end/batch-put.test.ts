import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../functions/shared/clock.ts';
import type { BatchPermit } from '../../functions/shared/rate-budget/api-rates.ts';
import { loadStack } from '../../local/cloudformation/template.ts';
import type { Fault } from '../../local/customer-profiles/fault.ts';
import { findProfiles } from '../helpers/profiles.ts';
import { SMALL_KEY, smallExport, smallMappingFile } from '../helpers/small-export.ts';
import { startTestStack, type TestStack, testTemplate } from '../helpers/stack.ts';

const ROWS = 600;
const QUOTA = 50;
/** Its object alone has this text. */
const POISON = `"K77"`;

describe.each<BatchPermit>(['item', 'call'])('an export in batches, with a permit for each %s', (batchPermitFor) => {
  let test: TestStack;
  let functions: readonly string[];
  const refused: string[] = [];
  const allowed = new Set<string>();
  beforeAll(async () => {
    const batch = { batchQuota: String(QUOTA), batchPermitFor };
    const settings = {
      // No record of an export may come to it.
      putRatePerSecond: 1,
      otherRatesPerSecond: { BatchPutProfileObject: QUOTA },
      batchCounts: batchPermitFor,
      latencyMs: { median: 20, spread: 0.2 },
    };
    const deployed = { quota: 5, batch, mapping: smallMappingFile() };
    functions = loadStack(await testTemplate(deployed)).functions.map(({ name }) => name);
    test = await startTestStack({
      ...deployed,
      settings,
      timeScale: 0.05,
      onRefused: (message) => refused.push(message),
      onAllowed: (_who, { action }, { policy }) => allowed.add(`${policy} ${action}`),
    });
  });
  afterAll(() => test.stop());
  afterEach(() => breakDown(undefined));

  const breakDown = (fault: Fault | undefined) => test.stack.customerProfiles.configure({ fault });
  const service = () => test.stack.customerProfiles.stats();

  async function untilNobodyWorks(): Promise<void> {
    const { lambda } = test.stack;
    while (functions.some((name) => lambda.environments(name).some(({ busy }) => busy))) await systemClock.sleep(50);
  }

  it('arrives at the rate, in calls as the budget counts them, and the next night costs none', async () => {
    const before = service();
    const { summary } = await test.succeed('night.csv', smallExport(ROWS, 'First'));
    const { calls, throttled, accepted } = service();
    // The service throttles what is above the quota.
    expect([throttled - before.throttled, accepted - before.accepted]).toEqual([0, ROWS]);
    expect(summary).toMatchObject({ rows: ROWS, synced: ROWS, throttled: 0, calls: calls - before.calls });
    if (batchPermitFor === 'item') expect(summary.calls).toBe(ROWS);
    else expect(summary.calls).toBeLessThan(ROWS / 2);
    expect(await findProfiles(test.stack, SMALL_KEY, 'K599')).toMatchObject([{ FirstName: 'First 599' }]);
    const again = await test.succeed('night.csv', smallExport(ROWS, 'First'));
    expect(again.summary).toMatchObject({ unchanged: ROWS, calls: 0 });
  });

  it('has a refused record rejected with its reason, and all others of its call synced', async () => {
    breakDown({ error: 'BadRequestException', forObjectsWith: POISON });
    const { summary } = await test.succeed('refused.csv', smallExport(120, 'Second'));
    expect(summary).toMatchObject({ synced: 119, rejected: 1, rejectedByCode: { REFUSED: 1 }, retries: 0 });
  });

  it('has a record that always fails rejected in the end, and no other', async () => {
    breakDown({ error: 'InternalServerException', forObjectsWith: POISON });
    const { summary } = await test.succeed('poison.csv', smallExport(120, 'Third'));
    expect(summary).toMatchObject({ synced: 119, rejected: 1, rejectedByCode: { SERVICE_ERROR: 1 } });
  });

  it('that the service throttles is sent in the end, through the retries of the state machine', async () => {
    breakDown({ error: 'ThrottlingException', window: { forMs: 8_000 } });
    const { summary } = await test.succeed('throttled.csv', smallExport(120, 'Fifth'));
    expect(summary).toMatchObject({ rows: 120, synced: 120 });
    expect(summary.retries).toBeGreaterThan(0);
  });

  it('fails where access is denied, and a redrive sends only what had not arrived', async () => {
    const before = service().accepted;
    breakDown({ error: 'AccessDeniedException', window: { forMs: 600_000, afterMs: 1_500 } });
    const failed = await test.sync('denied.csv', smallExport(ROWS, 'Sixth'));
    expect(failed.status).toBe('FAILED');
    // Workers outlive the run. What those have claimed that still wait for a turn, a redrive beside them sends, too.
    await untilNobodyWorks();
    breakDown(undefined);
    const { status } = await test.redrive(failed.runId);
    expect(status).toBe('SUCCEEDED');
    expect(service().accepted - before).toBe(ROWS);
    expect(await findProfiles(test.stack, SMALL_KEY, 'K599')).toMatchObject([{ FirstName: 'Sixth 599' }]);
  });

  it('needs what its policy allows for batches, puts nothing by itself, and is refused nothing', () => {
    expect(refused).toEqual([]);
    expect([...allowed]).toContainEqual(expect.stringMatching(/SyncChunk.* profile:BatchPutProfileObject$/));
    expect([...allowed]).not.toContainEqual(expect.stringMatching(/profile:PutProfileObject$/));
  });
});
