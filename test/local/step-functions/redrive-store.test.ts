import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Queries } from '../../../local/step-functions/queries.ts';
import { isRepeated } from '../../../local/step-functions/redrive.ts';
import { openDatabase } from '../../../local/step-functions/schema.ts';
import { SqliteStore } from '../../../local/step-functions/store.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let directory: string;
let database: DatabaseSync;
let store: SqliteStore;
let queries: Queries;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'redrive-store-'));
  database = openDatabase(directory);
  store = new SqliteStore(database);
  queries = new Queries(database);
});
afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true });
});

const NOW = Date.now();
const add = (arn: string, more: object = {}) =>
  store.addExecution({ arn, name: arn, machineArn: 'machine', input: '{}', startDate: NOW - 20 * DAY, ...more });

describe('the token of a redrive', () => {
  const repeated = (token: string, now = NOW) => {
    const execution = queries.execution('run');
    return execution && isRepeated(queries, execution, token, now);
  };

  it('is known for 15 minutes', () => {
    add('run');
    store.addRedrive('run', 'token', NOW);
    expect(repeated('token', NOW + 15 * MINUTE - 1)).toBe(true);
    expect(repeated('token', NOW + 15 * MINUTE)).toBe(false);
  });

  it('is known among the last ten', () => {
    add('run');
    for (let n = 0; n <= 10; n++) store.addRedrive('run', `token ${n}`, NOW);
    expect([repeated('token 0'), repeated('token 1')]).toEqual([false, true]);
  });
});

it('a child whose own 14 days are over stays failed, and its items count as failed when the others are redriven', () => {
  const tolerance = {};
  store.addMapRun({
    arn: 'map',
    executionArn: 'run',
    machineArn: 'machine/L',
    startDate: NOW,
    maxConcurrency: 0,
    tolerance,
  });
  for (const [itemIndex, daysAgo] of [15, 1].entries()) {
    store.addChildInput('map', itemIndex, { input: '0', items: 3 });
    add(`child ${itemIndex}`, { parent: { mapRunArn: 'map', itemIndex } });
    const event = { id: 1, previousEventId: 0, timestamp: 0, type: 'ExecutionFailed', branch: '' };
    store.addEvent(`child ${itemIndex}`, event);
    store.endExecution(`child ${itemIndex}`, { status: 'FAILED', stopDate: NOW - daysAgo * DAY });
  }
  expect(store.itemCounts('map')).toEqual({ total: 6, unsuccessful: 6 });
  expect(store.awaitRedrive('map').map(({ arn }) => arn)).toEqual(['child 1']);
  expect(store.itemCounts('map')).toEqual({ total: 6, unsuccessful: 3 });
});
