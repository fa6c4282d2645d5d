import type { DatabaseSync } from 'node:sqlite';
import type { HistoryEvent } from '../states/history.ts';
import type { ExecutionEnd, ExecutionStore, MapRunStatus, NewExecution, NewMapRun } from '../states/store.ts';

/** What the interpreter writes and reads back, in sqlite: see queries.ts for what the API asks. */
export class SqliteStore implements ExecutionStore {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: DatabaseSync) {
    this.#statements = prepare(database);
  }

  /** Notes the definition that executions of the machine start with from now on. */
  addDefinition(machineArn: string, roleArn: string, definition: string, created: number): void {
    this.#statements.addDefinition.run(machineArn, roleArn, definition, created);
  }

  addExecution({ arn, name, machineArn, input, startDate, parent }: NewExecution): void {
    const { mapRunArn = null, itemIndex = null } = parent ?? {};
    this.#statements.addExecution.run(arn, name, machineArn, input, startDate, machineArn, mapRunArn, itemIndex);
  }

  addEvent(executionArn: string, { id, previousEventId, timestamp, type, details }: HistoryEvent): void {
    const text = details === undefined ? null : JSON.stringify(details);
    this.#statements.addEvent.run(id, previousEventId, timestamp, type, text, executionArn);
  }

  endExecution(executionArn: string, { status, output, error, cause, stopDate }: ExecutionEnd): void {
    const { endExecution } = this.#statements;
    endExecution.run(status, output ?? null, error ?? null, cause ?? null, stopDate, executionArn);
  }

  addMapRun({ arn, executionArn, machineArn, startDate, maxConcurrency }: NewMapRun): void {
    this.#statements.addMapRun.run(arn, executionArn, machineArn, startDate, maxConcurrency);
  }

  endMapRun(mapRunArn: string, status: Exclude<MapRunStatus, 'RUNNING'>, stopDate: number): void {
    this.#statements.endMapRun.run(status, stopDate, mapRunArn);
  }

  addItem(mapRunArn: string, index: number, input: string): void {
    this.#statements.addItem.run(index, input, mapRunArn);
  }

  itemInput(mapRunArn: string, index: number): string {
    const row = this.#statements.itemInput.get(mapRunArn, index);
    if (row === undefined) throw new Error(`Map Run ${mapRunArn} has no item ${index}`);
    return String(row.input);
  }

  *childOutputs(mapRunArn: string): Iterable<string> {
    for (const row of this.#statements.childOutputs.iterate(mapRunArn)) yield String(row.output);
  }
}

function prepare(database: DatabaseSync) {
  return {
    addDefinition: database.prepare(
      'INSERT INTO definitions (machine_arn, role_arn, definition, created) VALUES (?, ?, ?, ?)',
    ),
    addExecution: database.prepare(
      `INSERT INTO executions (arn, name, machine_arn, status, input, start_date, definition, map_run_arn, item_index)
       VALUES (?, ?, ?, 'RUNNING', ?, ?, (SELECT max(id) FROM definitions WHERE machine_arn = ?), ?, ?)`,
    ),
    addEvent: database.prepare(
      `INSERT INTO events (execution, id, previous, timestamp, type, details)
       SELECT id, ?, ?, ?, ?, ? FROM executions WHERE arn = ?`,
    ),
    endExecution: database.prepare(
      'UPDATE executions SET status = ?, output = ?, error = ?, cause = ?, stop_date = ? WHERE arn = ?',
    ),
    addMapRun: database.prepare(
      `INSERT INTO map_runs (arn, execution_arn, machine_arn, status, start_date, max_concurrency)
       VALUES (?, ?, ?, 'RUNNING', ?, ?)`,
    ),
    endMapRun: database.prepare('UPDATE map_runs SET status = ?, stop_date = ? WHERE arn = ?'),
    addItem: database.prepare(
      'INSERT INTO map_items (map_run, item_index, input) SELECT id, ?, ? FROM map_runs WHERE arn = ?',
    ),
    itemInput: database.prepare(
      'SELECT input FROM map_items WHERE map_run = (SELECT id FROM map_runs WHERE arn = ?) AND item_index = ?',
    ),
    childOutputs: database.prepare(
      "SELECT output FROM executions WHERE map_run_arn = ? AND status = 'SUCCEEDED' ORDER BY item_index",
    ),
  };
}
