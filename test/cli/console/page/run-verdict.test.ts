import { expect, it } from 'vitest';
import type { RunView } from '../../../../cli/console/api.ts';
import { runVerdict } from '../../../../cli/console/page/run-verdict.ts';

const done = { runId: 'run-1', status: 'SUCCEEDED', rows: 40, totalRows: 40, rejected: 6, errors: [], attempts: [] };
const summary = (marked: number, allowed: boolean) => ({ deletes: { marked, allowed } });

it.each([
  [{ summary: summary(6, false) }, /nothing was deleted: 6 rows are marked .* npx profile-sync approve run-1$/],
  [{ summary: summary(1, false) }, /1 row is marked as deleted/],
  [{ summary: summary(6, true) }, /^Done\. 6 of 40 rows were rejected/],
  [{ summary: {} }, /^Done\. 6 of 40 rows were rejected/],
])('of a run that was done, with %o', (over, says) => {
  expect(runVerdict({ ...done, ...over } as unknown as RunView)).toMatch(says);
});
