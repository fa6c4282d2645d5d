import type { DatabaseSync } from 'node:sqlite';
import { openSqlite } from '../database.ts';
import { StackError } from '../stack-error.ts';

/**
 * Histories stay on disk, one row per event. What a redrive needs is all here: the definition that an execution started
 * with, the state entered and not exited (its events), and of a Map Run every child's input, with how many items it
 * holds, and status. `map_runs.children` is their number, once all items were read.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS definitions (
    id INTEGER PRIMARY KEY, machine_arn TEXT NOT NULL, role_arn TEXT NOT NULL, definition TEXT NOT NULL, created INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS executions (
    id INTEGER PRIMARY KEY, arn TEXT NOT NULL UNIQUE, name TEXT NOT NULL, machine_arn TEXT NOT NULL, status TEXT NOT NULL,
    input TEXT NOT NULL, output TEXT, error TEXT, cause TEXT, start_date INTEGER NOT NULL, stop_date INTEGER,
    definition INTEGER REFERENCES definitions (id),
    map_run_arn TEXT, item_index INTEGER, redrive_count INTEGER NOT NULL DEFAULT 0, redrive_date INTEGER,
    status_before_redrive TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS executions_of_machine ON executions (machine_arn, id);
  CREATE INDEX IF NOT EXISTS executions_of_map_run ON executions (map_run_arn, item_index, status) WHERE map_run_arn IS NOT NULL;
  CREATE INDEX IF NOT EXISTS running_executions ON executions (id) WHERE status = 'RUNNING';
  CREATE TABLE IF NOT EXISTS events (
    execution INTEGER NOT NULL REFERENCES executions (id), id INTEGER NOT NULL, previous INTEGER NOT NULL,
    timestamp INTEGER NOT NULL, type TEXT NOT NULL, details TEXT, branch TEXT NOT NULL, PRIMARY KEY (execution, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS map_runs (
    id INTEGER PRIMARY KEY, arn TEXT NOT NULL UNIQUE, execution_arn TEXT NOT NULL, machine_arn TEXT NOT NULL,
    status TEXT NOT NULL, start_date INTEGER NOT NULL, stop_date INTEGER, max_concurrency INTEGER NOT NULL,
    tolerated_count INTEGER, tolerated_percentage REAL, children INTEGER, redrive_count INTEGER NOT NULL DEFAULT 0, redrive_date INTEGER
  ) STRICT;
  CREATE INDEX IF NOT EXISTS map_runs_of_execution ON map_runs (execution_arn, id);
  CREATE TABLE IF NOT EXISTS child_inputs (
    map_run INTEGER NOT NULL REFERENCES map_runs (id), item_index INTEGER NOT NULL, input TEXT NOT NULL,
    items INTEGER NOT NULL, PRIMARY KEY (map_run, item_index)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS redrives (
    id INTEGER PRIMARY KEY, execution INTEGER NOT NULL REFERENCES executions (id), client_token TEXT NOT NULL, date INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS redrives_of_execution ON redrives (execution, id);
`;

/** Of the tables above. */
const SCHEMA_VERSION = 3;

/**
 * Opens the database of a directory, which is made if it is missing.
 *
 * @throws StackError if another version of the embedded stack made it.
 */
export function openDatabase(directory: string): DatabaseSync {
  const database = openSqlite(directory, 'step-functions');
  const found = database
    .prepare('SELECT count(*) AS tables, user_version AS version FROM sqlite_schema, pragma_user_version')
    .get();
  if (found?.tables !== 0 && found?.version !== SCHEMA_VERSION) {
    database.close();
    throw new StackError(
      `The executions in ${directory} were written by another version of the embedded stack. Start once with --fresh, which forgets all that it keeps.`,
    );
  }
  // The version first: a process killed in between leaves a database that the next one completes.
  database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
  database.exec(SCHEMA);
  return database;
}
