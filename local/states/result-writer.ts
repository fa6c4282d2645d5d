import { EvaluationFault, StateFailure } from './errors.ts';
import type { Scope } from './expression.ts';
import type { Fields } from './fields.ts';
import type { Integrations } from './integrations.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import type { ChildResult, ExecutionStore } from './store.ts';

const TRANSFORMATIONS = ['NONE', 'COMPACT', 'FLATTEN'] as const;
type Transformation = (typeof TRANSFORMATIONS)[number];

/** A Map's ResultWriter with a place in S3. */
export interface ResultWriter {
  /** Where the results of a Map Run go, before it starts. */
  open(scope: Scope): Promise<ResultDestination>;
}

export interface ResultDestination {
  /** Writes the files of a Map Run that ended and returns the Map's result. @throws StateFailure `States.ResultWriterFailed` */
  write(mapRunArn: string, store: ExecutionStore, integrations: Integrations): Promise<JsonObject>;
}

export interface LoadedResultWriter {
  /** Undefined: the result stays in the state's output. */
  readonly writer: ResultWriter | undefined;
  readonly transformation: Transformation;
}

export function loadResultWriter(fields: Fields): LoadedResultWriter {
  const config = fields.object('WriterConfig');
  const lines = config?.oneOf('OutputType', ['JSON', 'JSONL']) === 'JSONL';
  const named = config?.oneOf('Transformation', TRANSFORMATIONS);
  config?.finish();
  fields.oneOf('Resource', ['arn:aws:states:::s3:putObject']);
  if (fields.has('Resource') !== fields.has('Arguments'))
    fields.fault('Arguments', 'go with Resource, and it with them');
  if (!fields.has('Resource') && config === undefined) fields.fault('WriterConfig', 'a ResultWriter may not be empty');
  for (const name of fields.membersOf('Arguments')) {
    if (name !== 'Bucket' && name !== 'Prefix') fields.fault(`Arguments.${name}`, 'not supported');
  }
  const args = fields.template('Arguments');
  fields.finish();
  const transformation = named ?? 'NONE';
  if (args === undefined) return { writer: undefined, transformation };
  const open = async (scope: Scope) => destination(await args.evaluate(scope), transformation, lines);
  return { writer: { open }, transformation };
}

/** FLATTEN: the elements of outputs that are arrays. */
export function* transformed(outputs: Iterable<Json>, transformation: Transformation): Iterable<Json> {
  for (const output of outputs) {
    if (transformation === 'FLATTEN' && Array.isArray(output)) yield* output;
    else yield output;
  }
}

function destination(args: Json, transformation: Transformation, lines: boolean): ResultDestination {
  const { Bucket, Prefix = '' } = isObject(args) ? args : {};
  if (typeof Bucket !== 'string' || typeof Prefix !== 'string') {
    throw new EvaluationFault('ResultWriter/Arguments', 'The ResultWriter needs Bucket and Prefix as strings.', {
      refusedByField: true,
    });
  }
  return {
    async write(mapRunArn, store, integrations) {
      const folder = `${Prefix === '' ? '' : `${Prefix.replace(/\/$/, '')}/`}${mapRunArn.split(':').at(-1)}`;
      const put = async (name: string, values: Iterable<Json>) => {
        const Key = `${folder}/${name}.json`;
        return { Key, Size: await write(integrations, Bucket, Key, encode(values, lines)) };
      };
      const succeeded = [...some(succeededRecords(mapRunArn, store, transformation))];
      const failed = [...some(failedRecords(mapRunArn, store))];
      const pending = [...some(pendingRecords(mapRunArn, store))];
      const ResultFiles = {
        FAILED: await Promise.all(failed.map((records) => put('FAILED_0', records))),
        PENDING: await Promise.all(pending.map((records) => put('PENDING_0', records))),
        SUCCEEDED: await Promise.all(succeeded.map((records) => put('SUCCEEDED_0', records))),
      };
      const manifest = { DestinationBucket: Bucket, MapRunArn: mapRunArn, ResultFiles };
      const Key = `${folder}/manifest.json`;
      await write(integrations, Bucket, Key, [JSON.stringify(manifest)]);
      return { MapRunArn: mapRunArn, ResultWriterDetails: { Bucket, Key } };
    },
  };
}

/** The same records, in a list of one; in an empty list if there are none: AWS writes no empty file. */
function* some(records: () => Iterable<Json>): Iterable<Iterable<Json>> {
  for (const _ of records()) {
    yield records();
    return;
  }
}

function succeededRecords(arn: string, store: ExecutionStore, transformation: Transformation) {
  return function* () {
    const children = store.childResults(arn)[Symbol.iterator]() as IteratorObject<ChildResult>;
    const done = children.filter(({ status }) => status === 'SUCCEEDED');
    if (transformation === 'NONE') yield* done.map(record);
    else
      yield* transformed(
        done.map(({ output = 'null' }) => JSON.parse(output) as Json),
        transformation,
      );
  };
}

/** Always with their metadata, whatever the Transformation. */
function failedRecords(arn: string, store: ExecutionStore) {
  return function* () {
    for (const child of store.childResults(arn)) if (child.status !== 'SUCCEEDED') yield record(child);
  };
}

/** AWS does not say which fields the records of children that never started have. */
function pendingRecords(arn: string, store: ExecutionStore) {
  return function* () {
    const { children = 0, started } = store.mapRun(arn);
    for (let index = started; index < children; index++) {
      yield { Input: store.childInput(arn, index).input, InputDetails: { Included: true }, Status: 'PENDING' };
    }
  };
}

function record(child: ChildResult): JsonObject {
  const { arn, name, machineArn, status, input, output, error, cause, startDate, stopDate, redriveCount } = child;
  return {
    ExecutionArn: arn,
    Input: input,
    InputDetails: { Included: true },
    Name: name,
    ...(output !== undefined && { Output: output, OutputDetails: { Included: true } }),
    ...(error !== undefined && { Error: error }),
    ...(cause !== undefined && { Cause: cause }),
    RedriveCount: redriveCount,
    RedriveStatus: status === 'SUCCEEDED' ? 'NOT_REDRIVABLE' : 'REDRIVABLE_BY_MAP_RUN',
    ...(status === 'SUCCEEDED' && { RedriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven' }),
    StartDate: new Date(startDate).toISOString(),
    StateMachineArn: machineArn,
    Status: status,
    ...(stopDate !== undefined && { StopDate: new Date(stopDate).toISOString() }),
  };
}

/** A JSON array, or JSON Lines. */
function* encode(values: Iterable<Json>, lines: boolean): Iterable<string> {
  let count = 0;
  for (const value of values) yield `${separator(count++, lines)}${JSON.stringify(value)}`;
  yield lines ? '\n' : ']';
}

function separator(count: number, lines: boolean): string {
  if (lines) return count === 0 ? '' : '\n';
  return count === 0 ? '[' : ',';
}

/** @returns bytes written. */
async function write(
  integrations: Integrations,
  Bucket: string,
  Key: string,
  parts: Iterable<string>,
): Promise<number> {
  let bytes = 0;
  const counted = function* () {
    for (const part of parts) {
      bytes += Buffer.byteLength(part);
      yield part;
    }
  };
  try {
    if (integrations.writeObject === undefined) throw new Error('this host writes no objects');
    await integrations.writeObject({ Bucket, Key, Body: counted() });
    return bytes;
  } catch {
    const cause = `The results could not be written to the bucket ${Bucket}.`;
    throw new StateFailure({ error: 'States.ResultWriterFailed', cause });
  }
}
