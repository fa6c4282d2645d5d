import type { DatabaseSync } from 'node:sqlite';
import { prepareAll, type Statements } from '../database.ts';
import type { HistoryEvent } from '../states/history.ts';
import type {
  ChildInput,
  ChildResult,
  ExecutionEnd,
  ExecutionStore,
  ItemCounts,
  MapRunStatus,
  NewExecution,
  NewMapRun,
  StoredMapRun,
  WaitingChild,
} from '../states/store.ts';
import type { Tolerance } from '../states/tolerance.ts';
import { Queries } from './queries.ts';
import { redriveStatus } from './redrivable.ts';

const STATEMENTS = {
  addDefinition: 'INSERT INTO definitions (machine_arn, role_arn, definition, created) VALUES (?, ?, ?, ?)',
  addExecution: `INSERT INTO executions (arn, name, machine_arn, status, input, start_date, definition, map_run_arn, item_index)
       VALUES (?, ?, ?, 'RUNNING', ?, ?, (SELECT max(id) FROM definitions WHERE machine_arn = ?), ?, ?)`,
  addEvent: `INSERT INTO events (execution, id, previous, timestamp, type, details, branch)
       SELECT id, ?, ?, ?, ?, ?, ? FROM executions WHERE arn = ?`,
  endExecution: 'UPDATE executions SET status = ?, output = ?, error = ?, cause = ?, stop_date = ? WHERE arn = ?',
  redriveExecution: `UPDATE executions SET status = 'RUNNING', error = NULL, cause = NULL, stop_date = NULL, redrive_count = ?, redrive_date = ?
       WHERE arn = ?`,
  addRedrive: 'INSERT INTO redrives (execution, client_token, date) SELECT id, ?, ? FROM executions WHERE arn = ?',
  awaitRedrive: "UPDATE executions SET status_before_redrive = status, status = 'PENDING_REDRIVE' WHERE arn = ?",
  endWaiting:
    "UPDATE executions SET status = status_before_redrive WHERE map_run_arn = ? AND status = 'PENDING_REDRIVE'",
  addMapRun: `INSERT INTO map_runs (arn, execution_arn, machine_arn, status, start_date, max_concurrency, tolerated_count, tolerated_percentage)
       VALUES (?, ?, ?, 'RUNNING', ?, ?, ?, ?)`,
  endMapRun: 'UPDATE map_runs SET status = ?, stop_date = ? WHERE arn = ?',
  redriveMapRun:
    "UPDATE map_runs SET status = 'RUNNING', stop_date = NULL, redrive_count = ?, redrive_date = ? WHERE arn = ?",
  changeMapRun: 'UPDATE map_runs SET max_concurrency = ?, tolerated_count = ?, tolerated_percentage = ? WHERE arn = ?',
  endChildInputs: 'UPDATE map_runs SET children = ? WHERE arn = ?',
  addChildInput:
    'INSERT INTO child_inputs (map_run, item_index, input, items) SELECT id, ?, ?, ? FROM map_runs WHERE arn = ?',
  childInput:
    'SELECT input, items FROM child_inputs WHERE map_run = (SELECT id FROM map_runs WHERE arn = ?) AND item_index = ?',
} as const;

/** What the interpreter writes and reads back, in sqlite: see queries.ts for what the API asks. */
export class SqliteStore implements ExecutionStore {
  readonly #statements: Statements<keyof typeof STATEMENTS>;
  readonly #queries: Queries;

  constructor(database: DatabaseSync) {
    this.#statements = prepareAll(database, STATEMENTS);
    this.#queries = new Queries(database);
  }

  /** Notes the definition that executions of the machine start with from now on. */
  addDefinition(machineArn: string, roleArn: string, definition: string, created: number): void {
    this.#statements.addDefinition.run(machineArn, roleArn, definition, created);
  }

  addExecution({ arn, name, machineArn, input, startDate, parent }: NewExecution): void {
    const { mapRunArn = null, itemIndex = null } = parent ?? {};
    this.#statements.addExecution.run(arn, name, machineArn, input, startDate, machineArn, mapRunArn, itemIndex);
  }

  addEvent(executionArn: string, { id, previousEventId, timestamp, type, details, branch }: HistoryEvent): void {
    const text = details === undefined ? null : JSON.stringify(details);
    this.#statements.addEvent.run(id, previousEventId, timestamp, type, text, branch, executionArn);
  }

  endExecution(executionArn: string, { status, output, error, cause, stopDate }: ExecutionEnd): void {
    const { endExecution } = this.#statements;
    endExecution.run(status, output ?? null, error ?? null, cause ?? null, stopDate, executionArn);
  }

  events(executionArn: string): Iterable<HistoryEvent> {
    return this.#queries.history(executionArn);
  }

  redriveExecution(executionArn: string, redriveCount: number, redriveDate: number): void {
    this.#statements.redriveExecution.run(redriveCount, redriveDate, executionArn);
  }

  /** Notes by which request an execution was redriven. */
  addRedrive(executionArn: string, clientToken: string, date: number): void {
    this.#statements.addRedrive.run(clientToken, date, executionArn);
  }

  addMapRun({ arn, executionArn, machineArn, startDate, maxConcurrency, tolerance }: NewMapRun): void {
    const tolerated = [tolerance.count ?? null, tolerance.percentage ?? null] as const;
    this.#statements.addMapRun.run(arn, executionArn, machineArn, startDate, maxConcurrency, ...tolerated);
  }

  endMapRun(mapRunArn: string, status: Exclude<MapRunStatus, 'RUNNING'>, stopDate: number): void {
    this.#statements.endMapRun.run(status, stopDate, mapRunArn);
    this.#statements.endWaiting.run(mapRunArn);
  }

  mapRun(mapRunArn: string): StoredMapRun {
    const run = this.#queries.mapRun(mapRunArn);
    if (run === undefined) throw new Error(`There is no Map Run ${mapRunArn}`);
    const { maxConcurrency, tolerance, redriveCount, children } = run;
    return { maxConcurrency, tolerance, redriveCount, children, started: this.#queries.childCount(run) };
  }

  redriveMapRun(mapRunArn: string, redriveCount: number, redriveDate: number): void {
    this.#statements.redriveMapRun.run(redriveCount, redriveDate, mapRunArn);
  }

  /** From now on, of a Map Run that is RUNNING. */
  changeMapRun(mapRunArn: string, maxConcurrency: number, { count, percentage }: Tolerance): void {
    this.#statements.changeMapRun.run(maxConcurrency, count ?? null, percentage ?? null, mapRunArn);
  }

  awaitRedrive(mapRunArn: string): readonly WaitingChild[] {
    const waiting: WaitingChild[] = [];
    for (const child of this.#queries.unsuccessfulChildren(mapRunArn)) {
      if (redriveStatus(child).reason !== undefined) continue;
      this.#statements.awaitRedrive.run(child.arn);
      const { arn, name, itemIndex = 0, startDate, redriveCount } = child;
      waiting.push({ arn, name, itemIndex, startDate, redriveCount });
    }
    return waiting;
  }

  addChildInput(mapRunArn: string, index: number, { input, items }: ChildInput): void {
    this.#statements.addChildInput.run(index, input, items, mapRunArn);
  }

  endChildInputs(mapRunArn: string, count: number): void {
    this.#statements.endChildInputs.run(count, mapRunArn);
  }

  childInput(mapRunArn: string, index: number): ChildInput {
    const row = this.#statements.childInput.get(mapRunArn, index);
    if (row === undefined) throw new Error(`Map Run ${mapRunArn} has no child ${index}`);
    return { input: String(row.input), items: Number(row.items) };
  }

  itemCounts(mapRunArn: string): ItemCounts {
    const counts = this.#queries.itemCounts(mapRunArn);
    const sum = (statuses: readonly string[]) =>
      statuses.reduce((items, status) => items + (counts.get(status) ?? 0), 0);
    return { total: sum([...counts.keys()]), unsuccessful: sum(['FAILED', 'TIMED_OUT', 'ABORTED']) };
  }

  childResults(mapRunArn: string): Iterable<ChildResult> {
    return this.#queries.children(mapRunArn);
  }
}
