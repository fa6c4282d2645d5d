import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Histories stay on disk, one row per event. What a redrive needs is all here: the definition that an execution started
 * with, the states entered and not exited (its events), and of a Map Run every item with its child's input and status.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS definitions (
    id INTEGER PRIMARY KEY, machine_arn TEXT NOT NULL, role_arn TEXT NOT NULL, definition TEXT NOT NULL, created INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS executions (
    id INTEGER PRIMARY KEY, arn TEXT NOT NULL UNIQUE, name TEXT NOT NULL, machine_arn TEXT NOT NULL, status TEXT NOT NULL,
    input TEXT NOT NULL, output TEXT, error TEXT, cause TEXT, start_date INTEGER NOT NULL, stop_date INTEGER,
    definition INTEGER REFERENCES definitions (id),
    map_run_arn TEXT, item_index INTEGER, redrive_count INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX IF NOT EXISTS executions_of_machine ON executions (machine_arn, id);
  CREATE INDEX IF NOT EXISTS executions_of_map_run ON executions (map_run_arn, item_index, status) WHERE map_run_arn IS NOT NULL;
  CREATE INDEX IF NOT EXISTS running_executions ON executions (id) WHERE status = 'RUNNING';
  CREATE TABLE IF NOT EXISTS events (
    execution INTEGER NOT NULL REFERENCES executions (id), id INTEGER NOT NULL, previous INTEGER NOT NULL,
    timestamp INTEGER NOT NULL, type TEXT NOT NULL, details TEXT, PRIMARY KEY (execution, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS map_runs (
    id INTEGER PRIMARY KEY, arn TEXT NOT NULL UNIQUE, execution_arn TEXT NOT NULL, machine_arn TEXT NOT NULL,
    status TEXT NOT NULL, start_date INTEGER NOT NULL, stop_date INTEGER, max_concurrency INTEGER NOT NULL,
    redrive_count INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX IF NOT EXISTS map_runs_of_execution ON map_runs (execution_arn, id);
  CREATE TABLE IF NOT EXISTS map_items (
    map_run INTEGER NOT NULL REFERENCES map_runs (id), item_index INTEGER NOT NULL, input TEXT NOT NULL,
    PRIMARY KEY (map_run, item_index)
  ) STRICT, WITHOUT ROWID;
`;

/** Opens the database of a directory, which is made if it is missing. */
export function openDatabase(directory: string): DatabaseSync {
  mkdirSync(directory, { recursive: true });
  const database = new DatabaseSync(join(directory, 'step-functions.sqlite'));
  // A process that is killed loses nothing with synchronous=OFF; only a machine that loses power does.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;');
  database.exec(SCHEMA);
  return database;
}
