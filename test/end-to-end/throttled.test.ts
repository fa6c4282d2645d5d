import { GetExecutionHistoryCommand, paginateListExecutions, paginateListMapRuns } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findProfiles } from '../helpers/profiles.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';

const HEADER =
  'customer_id,first_name,last_name,name_kana,email,phone,mobile,company,address_1,address_2,city,state,postal_code,country,birth_date,language,loyalty_tier,store,notes,updated_at';
const ROWS = 300;

let test: TestStack;
beforeAll(async () => {
  // The plan believes in 100 calls per second; the service takes 20.
  test = await startTestStack({
    quota: 100,
    settings: { putRatePerSecond: 20, latencyMs: { median: 20, spread: 0.3 } },
    timeScale: 0.5,
  });
});
afterAll(() => test.stop());

it('a service slower than the plan throttles; Step Functions retries, and every row arrives', async () => {
  const lines = Array.from({ length: ROWS }, (_, n) => `C-${n},First,Last${n},,,,,,,,,,,,,,,,,2026-01-01T00:00:00Z`);
  const { runId, summary } = await test.succeed('customers.csv', [HEADER, ...lines].join('\n'));

  expect(summary).toMatchObject({ rows: ROWS, synced: ROWS, rejected: 0 });
  expect(summary.throttled).toBeGreaterThan(0);
  expect(summary.calls).toBe(ROWS + summary.throttled);
  for (const n of [0, 1, ROWS - 1]) {
    const [profile] = await findProfiles(test.stack, 'crmCustomerId', `C-${n}`);
    expect(profile?.LastName).toBe(`Last${n}`);
  }

  const failures = await taskFailures(runId);
  expect(summary.retries).toBe(failures.length);
  expect(failures).toContain('ItemsThrottled');
});

/** Error names of the failed tasks in the histories of the run's chunks. */
async function taskFailures(runId: string): Promise<string[]> {
  const { sfn } = test.clients;
  const stateMachineArn = test.stack.outputs.StateMachineArn ?? '';
  const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${runId}`;
  const errors: string[] = [];
  for await (const { mapRuns = [] } of paginateListMapRuns({ client: sfn }, { executionArn })) {
    for (const { mapRunArn } of mapRuns) {
      for await (const { executions = [] } of paginateListExecutions({ client: sfn }, { mapRunArn })) {
        for (const child of executions) {
          const { events = [] } = await sfn.send(
            new GetExecutionHistoryCommand({ executionArn: child.executionArn, maxResults: 1000 }),
          );
          errors.push(...events.flatMap(({ taskFailedEventDetails }) => taskFailedEventDetails?.error ?? []));
        }
      }
    }
  }
  return errors;
}
