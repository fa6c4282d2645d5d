import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { HistoryEvent } from '../states/history.ts';
import type { ExecutionStatus, MapRunStatus } from '../states/store.ts';
import type { Tolerance } from '../states/tolerance.ts';

/** An execution as it is stored; dates are epoch milliseconds. */
export interface ExecutionRow {
  /** Grows with each execution: the order of lists. */
  readonly id: number;
  readonly arn: string;
  readonly name: string;
  readonly machineArn: string;
  readonly status: ExecutionStatus;
  readonly input: string;
  readonly output: string | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly startDate: number;
  readonly stopDate: number | undefined;
  /** Of a Map Run's child. */
  readonly mapRunArn: string | undefined;
  readonly itemIndex: number | undefined;
  readonly redriveCount: number;
  /** Of the last redrive. */
  readonly redriveDate: number | undefined;
  /** How many events its history has. */
  readonly eventCount: number;
}

export interface MapRunRow {
  readonly id: number;
  readonly arn: string;
  readonly executionArn: string;
  readonly machineArn: string;
  readonly status: MapRunStatus;
  readonly startDate: number;
  readonly stopDate: number | undefined;
  readonly maxConcurrency: number;
  readonly tolerance: Tolerance;
  /** Started or not; undefined until the last item was read. */
  readonly children: number | undefined;
  readonly redriveCount: number;
  readonly redriveDate: number | undefined;
}

export interface ExecutionFilter {
  /** Exactly one of the two. */
  readonly machineArn?: string | undefined;
  readonly mapRunArn?: string | undefined;
  readonly status?: string | undefined;
  /** Only those that were ever redriven, or only the others. */
  readonly redriven?: boolean | undefined;
  /** Only executions with a smaller id. */
  readonly before?: number | undefined;
  readonly limit: number;
}

export interface HistoryFilter {
  readonly reverse: boolean;
  /** Only events behind this id, in the order asked for. */
  readonly after?: number | undefined;
  readonly limit: number;
}

/** Event ids count from 1 without a gap. */
const EXECUTIONS = `SELECT executions.*, (SELECT max(id) FROM events WHERE execution = executions.id) AS event_count FROM executions`;

/** What the API reads from the store. */
export class Queries {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  execution(arn: string): ExecutionRow | undefined {
    return this.#all(`${EXECUTIONS} WHERE arn = ?`, arn).map(executionOf)[0];
  }

  /** Newest first. */
  executions({ machineArn, mapRunArn, status, redriven, before, limit }: ExecutionFilter): ExecutionRow[] {
    const [column, owner] = mapRunArn === undefined ? ['machine_arn', machineArn ?? ''] : ['map_run_arn', mapRunArn];
    const rows = this.#all(
      `${EXECUTIONS} WHERE ${column} = ? AND id < ? AND (? IS NULL OR status = ?) AND (? IS NULL OR (redrive_count > 0) = ?)
       ORDER BY id DESC LIMIT ?`,
      owner,
      before ?? Number.MAX_SAFE_INTEGER,
      status ?? null,
      status ?? null,
      redriven === undefined ? null : Number(redriven),
      redriven === undefined ? null : Number(redriven),
      limit,
    );
    return rows.map(executionOf);
  }

  running(): ExecutionRow[] {
    return this.#all(`${EXECUTIONS} WHERE status = 'RUNNING' ORDER BY id`).map(executionOf);
  }

  /** Of a Map Run, in the order of its items. */
  unsuccessfulChildren(mapRunArn: string): ExecutionRow[] {
    const statuses = "status IN ('FAILED', 'TIMED_OUT', 'ABORTED')";
    return this.#all(`${EXECUTIONS} WHERE map_run_arn = ? AND ${statuses} ORDER BY item_index`, mapRunArn).map(
      executionOf,
    );
  }

  /** Oldest first; one event in memory at a time. */
  *history(executionArn: string): Iterable<HistoryEvent> {
    const sql = 'SELECT * FROM events WHERE execution = (SELECT id FROM executions WHERE arn = ?) ORDER BY id';
    for (const row of this.#database.prepare(sql).iterate(executionArn)) yield eventOf(row);
  }

  events(execution: ExecutionRow, { reverse, after, limit }: HistoryFilter): HistoryEvent[] {
    const start = after ?? (reverse ? Number.MAX_SAFE_INTEGER : 0);
    const rows = this.#all(
      `SELECT * FROM events WHERE execution = ? AND id ${reverse ? '<' : '>'} ? ORDER BY id ${reverse ? 'DESC' : 'ASC'} LIMIT ?`,
      execution.id,
      start,
      limit,
    );
    return rows.map(eventOf);
  }

  mapRun(arn: string): MapRunRow | undefined {
    return this.#all('SELECT * FROM map_runs WHERE arn = ?', arn).map(mapRunOf)[0];
  }

  /** Newest first. */
  mapRuns(executionArn: string, before: number | undefined, limit: number): MapRunRow[] {
    const rows = this.#all(
      'SELECT * FROM map_runs WHERE execution_arn = ? AND id < ? ORDER BY id DESC LIMIT ?',
      executionArn,
      before ?? Number.MAX_SAFE_INTEGER,
      limit,
    );
    return rows.map(mapRunOf);
  }

  runningMapRuns(): MapRunRow[] {
    return this.#all("SELECT * FROM map_runs WHERE status = 'RUNNING'").map(mapRunOf);
  }

  childCount({ arn }: MapRunRow): number {
    return Number(this.#all('SELECT count(*) AS n FROM executions WHERE map_run_arn = ?', arn)[0]?.n);
  }

  /** How many children of a Map Run have each status; `PENDING`: not started. */
  childCounts(mapRunArn: string): ReadonlyMap<string, number> {
    return this.#counts(mapRunArn, 'count(*)');
  }

  /** As childCounts, of the items that the children hold. */
  itemCounts(mapRunArn: string): ReadonlyMap<string, number> {
    return this.#counts(mapRunArn, 'sum(items)');
  }

  #counts(mapRunArn: string, what: 'count(*)' | 'sum(items)'): ReadonlyMap<string, number> {
    const rows = this.#all(
      `SELECT coalesce(executions.status, 'PENDING') AS status, ${what} AS n
       FROM map_runs JOIN child_inputs ON map_run = map_runs.id
       LEFT JOIN executions ON map_run_arn = map_runs.arn AND executions.item_index = child_inputs.item_index
       WHERE map_runs.arn = ? GROUP BY 1`,
      mapRunArn,
    );
    return new Map(rows.map(({ status, n }) => [String(status), Number(n)]));
  }

  /** Of a Map Run, in the order of their items; one in memory at a time. */
  *children(mapRunArn: string): Iterable<ExecutionRow> {
    const sql = `${EXECUTIONS} WHERE map_run_arn = ? ORDER BY item_index`;
    for (const row of this.#database.prepare(sql).iterate(mapRunArn)) yield executionOf(row);
  }

  /** The definition that an execution started with, and its role. */
  definitionOf({ id }: ExecutionRow): { definition: string; roleArn: string; created: number } {
    const sql = 'SELECT * FROM definitions WHERE id = (SELECT definition FROM executions WHERE id = ?)';
    const [row] = this.#all(sql, id);
    return { definition: String(row?.definition), roleArn: String(row?.role_arn), created: Number(row?.created) };
  }

  /** When one of an execution's newest redrives was asked for with this token. */
  redriveBy({ id }: ExecutionRow, clientToken: string, newest: number): number | undefined {
    const redrives = 'SELECT * FROM redrives WHERE execution = ? ORDER BY id DESC LIMIT ?';
    const [row] = this.#all(`SELECT date FROM (${redrives}) WHERE client_token = ?`, id, newest, clientToken);
    return optionalNumber(row?.date);
  }

  /** The definition that the machine's executions last started with. */
  newestDefinition(machineArn: string): { definition: string; roleArn: string; created: number } | undefined {
    const rows = this.#all('SELECT * FROM definitions WHERE machine_arn = ? ORDER BY id DESC LIMIT 1', machineArn);
    return rows.map(({ definition, role_arn, created }) => ({
      definition: String(definition),
      roleArn: String(role_arn),
      created: Number(created),
    }))[0];
  }

  #all(sql: string, ...values: SQLInputValue[]): Record<string, SQLOutputValue>[] {
    return this.#database.prepare(sql).all(...values);
  }
}

type Row = Record<string, SQLOutputValue>;

function executionOf(row: Row): ExecutionRow {
  return {
    id: Number(row.id),
    arn: String(row.arn),
    name: String(row.name),
    machineArn: String(row.machine_arn),
    status: row.status as ExecutionStatus,
    input: String(row.input),
    output: optionalText(row.output),
    error: optionalText(row.error),
    cause: optionalText(row.cause),
    startDate: Number(row.start_date),
    stopDate: optionalNumber(row.stop_date),
    mapRunArn: optionalText(row.map_run_arn),
    itemIndex: optionalNumber(row.item_index),
    redriveCount: Number(row.redrive_count),
    redriveDate: optionalNumber(row.redrive_date),
    eventCount: Number(row.event_count),
  };
}

function mapRunOf(row: Row): MapRunRow {
  return {
    id: Number(row.id),
    arn: String(row.arn),
    executionArn: String(row.execution_arn),
    machineArn: String(row.machine_arn),
    status: row.status as MapRunStatus,
    startDate: Number(row.start_date),
    stopDate: optionalNumber(row.stop_date),
    maxConcurrency: Number(row.max_concurrency),
    tolerance: {
      count: optionalNumber(row.tolerated_count),
      percentage: optionalNumber(row.tolerated_percentage),
    },
    children: optionalNumber(row.children),
    redriveCount: Number(row.redrive_count),
    redriveDate: optionalNumber(row.redrive_date),
  };
}

function eventOf(row: Row): HistoryEvent {
  return {
    id: Number(row.id),
    previousEventId: Number(row.previous),
    timestamp: Number(row.timestamp),
    type: String(row.type),
    details: row.details === null ? undefined : JSON.parse(String(row.details)),
    branch: String(row.branch),
  };
}

function optionalText(value: SQLOutputValue | undefined): string | undefined {
  return value === null || value === undefined ? undefined : String(value);
}

function optionalNumber(value: SQLOutputValue | undefined): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}
