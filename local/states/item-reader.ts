import { EvaluationFault, IntegrationError, StateFailure } from './errors.ts';
import type { Scope } from './expression.ts';
import type { Fields } from './fields.ts';
import type { Integrations } from './integrations.ts';
import { isObject, type Json } from './json.ts';
import { readJsonLines } from './json-lines.ts';

const ARGUMENTS = ['Bucket', 'Key', 'VersionId'];

/** A Map's ItemReader: s3:getObject of one JSON Lines object. */
export interface ItemReader {
  /** `Map.Item.Source` of its items. */
  open(
    scope: Scope,
    integrations: Integrations,
  ): Promise<{ readonly source: string; readonly items: AsyncIterable<Json> }>;
}

export function loadItemReader(fields: Fields): ItemReader {
  if (!fields.has('Resource')) fields.fault('Resource', 'is required');
  fields.oneOf('Resource', ['arn:aws:states:::s3:getObject']);
  const config = fields.object('ReaderConfig');
  if (!config?.has('InputType')) fields.fault('ReaderConfig.InputType', 'is required');
  config?.oneOf('InputType', ['JSONL']);
  config?.finish();
  for (const name of fields.membersOf('Arguments')) {
    if (!ARGUMENTS.includes(name)) fields.fault(`Arguments.${name}`, 'not supported');
  }
  if (!fields.has('Arguments')) fields.fault('Arguments', 'is required');
  const args = fields.template('Arguments');
  fields.finish();
  return { open: async (scope, integrations) => openObject(await args?.evaluate(scope), integrations) };
}

function openObject(args: Json | undefined, integrations: Integrations) {
  const { Bucket, Key, VersionId } = isObject(args) ? args : {};
  if (typeof Bucket !== 'string' || typeof Key !== 'string') {
    throw new EvaluationFault('ItemReader/Arguments', 'The ItemReader needs Bucket and Key as strings.', {
      refusedByField: true,
    });
  }
  const object = { Bucket, Key, ...(typeof VersionId === 'string' && { VersionId }) };
  return { source: `S3://${Bucket}/${Key}`, items: read(object, integrations) };
}

async function* read(
  object: Parameters<Integrations['readObject']>[0],
  integrations: Integrations,
): AsyncIterable<Json> {
  try {
    yield* readJsonLines(integrations.readObject(object));
  } catch (error) {
    if (error instanceof StateFailure) throw error;
    const cause =
      error instanceof IntegrationError ? `${error.error}: ${error.message}` : 'The connection to the object broke.';
    throw new StateFailure({ error: 'States.ItemReaderFailed', cause });
  }
}
