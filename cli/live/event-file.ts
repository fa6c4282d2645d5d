import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject } from 'ajv';
import { type JsonObject, parseJsonObject } from '../../functions/shared/export/json-object.ts';
import { jsonFault } from '../../functions/shared/mapping/json-syntax.ts';
import schema from '../../mappings/live-event.schema.json' with { type: 'json' };
import { UserError } from '../user-error.ts';

const SCHEMA = 'mappings/live-event.schema.json';

/** One event of a file, as the schema of live events has it. */
export interface FileEvent {
  /** `line 3`, `event 3`. */
  readonly where: string;
  readonly source: string;
  readonly detailType: string;
  /** JSON text; numbers as they stand in the file. */
  readonly detail: string;
  readonly record: JsonObject;
}

const validate = new Ajv().compile<{ source: string; 'detail-type': string; detail: { record: JsonObject } }>(schema);

/**
 * The events of a file: JSON (one event or an array of them), or JSON Lines.
 *
 * @throws UserError that says where the file is wrong and what is allowed; it quotes no value.
 */
export function readEventFile(path: string): FileEvent[] {
  const events = eventsOf(read(path).replace(/^\uFEFF/, ''), path);
  if (events.length === 0) throw new UserError(`${path} holds no event. ${allowed()}`);
  return events.map(([where, value]) => {
    if (!validate(value)) throw new UserError(`${path}, ${where}: ${faultOf(validate.errors)}. ${allowed()}`);
    const { source, 'detail-type': detailType, detail } = value;
    return { where, source, detailType, detail: JSON.stringify(detail), record: detail.record };
  });
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new UserError(`The file ${path} can't be read. Give the path of a JSON or JSON Lines file of events.`);
  }
}

function eventsOf(text: string, path: string): [where: string, event: unknown][] {
  const fault = jsonFault(text);
  if (!fault) {
    // Within an object, since numbers keep their text only there.
    const whole = parseJsonObject(`{"events":${text}}`)?.events;
    return Array.isArray(whole) ? whole.map((event, index) => [`event ${index + 1}`, event]) : [['event 1', whole]];
  }
  const lines = text.split('\n');
  const first = lines.find((line) => line.trim() !== '');
  if (first === undefined) return [];
  if (!isJson(first)) throw new UserError(`${path} is not JSON: look at line ${fault.line}, column ${fault.column}.`);
  return lines.flatMap((line, index): [string, unknown][] => {
    if (line.trim() === '') return [];
    const where = `line ${index + 1}`;
    const faultOfLine = jsonFault(line);
    if (faultOfLine) throw new UserError(`${path}, ${where} is not JSON: look at column ${faultOfLine.column}.`);
    return [[where, parseJsonObject(line)]];
  });
}

function isJson(text: string): boolean {
  return jsonFault(text) === undefined;
}

function faultOf(errors: readonly ErrorObject[] | null | undefined): string {
  const [error] = errors ?? [];
  const at = error?.instancePath.slice(1).replaceAll('/', '.') || 'the event';
  if (error?.keyword === 'const') return `${at} must be "${error.params.allowedValue}"`;
  if (error?.keyword === 'pattern') return `${at} must be an ISO 8601 time with an offset`;
  return `${at} ${error?.message ?? 'is wrong'}`;
}

function allowed(): string {
  return `An event looks like {"source":"crm.example","detail-type":"Customer Changed","detail":{"record":{…}}}; see ${SCHEMA}.`;
}
