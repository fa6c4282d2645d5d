import { existsSync, readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';

interface Shape {
  readonly type: string;
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly member?: { readonly shape: string };
  readonly value?: { readonly shape: string };
  readonly required?: readonly string[];
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
}

interface Model {
  readonly operations: Readonly<
    Record<
      string,
      {
        readonly input: { readonly shape: string };
        readonly output: { readonly shape: string };
        readonly errors?: readonly { readonly shape: string }[];
      }
    >
  >;
  readonly shapes: Readonly<Record<string, Shape>>;
}

const FILE = new URL('../../../../shared/models/stepfunctions.service-2.json', import.meta.url);

/** The service's own model; undefined where it is not here. */
export const model: Model | undefined = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : undefined;

/** Validators of an operation's requests and responses, by JSON schemas made of the model's shapes. */
export function validators(api: Model, operation: string): { request: ValidateFunction; response: ValidateFunction } {
  const ajv = new Ajv({ strict: false });
  const { input, output } = api.operations[operation] ?? { input: { shape: '' }, output: { shape: '' } };
  const definitions = Object.fromEntries(Object.keys(api.shapes).map((name) => [name, schemaOf(api, name)]));
  const compile = (shape: string) => ajv.compile({ $ref: `#/definitions/${shape}`, definitions });
  return { request: compile(input.shape), response: compile(output.shape) };
}

export function errorsOf(api: Model, operation: string): string[] {
  return api.operations[operation]?.errors?.map(({ shape }) => shape) ?? [];
}

/** Requests that differ from a right one in a single member, which breaks a limit of the model. */
export function wrongRequests(api: Model, operation: string, right: Readonly<Record<string, unknown>>) {
  const input = api.shapes[api.operations[operation]?.input.shape ?? ''];
  const wrong: { readonly what: string; readonly request: Readonly<Record<string, unknown>> }[] = [];
  for (const name of input?.required ?? [])
    wrong.push({ what: `without ${name}`, request: { ...right, [name]: undefined } });
  for (const [name, { shape }] of Object.entries(input?.members ?? {})) {
    for (const [what, value] of breaking(api.shapes[shape]))
      wrong.push({ what: `${name} ${what}`, request: { ...right, [name]: value } });
  }
  return wrong;
}

function breaking({ type, enum: values, min, max }: Shape = { type: '' }): [string, unknown][] {
  if (type === 'string') {
    return [
      ['is a number', 1],
      ...(values ? [['is no value of its enum', 'X'] as [string, unknown]] : []),
      ...(min ? [['is shorter', ''] as [string, unknown]] : []),
      ...(max ? [['is longer', `${'a'.repeat(max)}b`] as [string, unknown]] : []),
    ];
  }
  if (type === 'boolean') return [['is a string', 'true']];
  return [
    ['is a string', '1'],
    ...(min === undefined ? [] : [['is smaller', min - 1] as [string, unknown]]),
    ...(max === undefined ? [] : [['is greater', max + 1] as [string, unknown]]),
  ];
}

function schemaOf(api: Model, name: string): object {
  const { type, members, member, value, required, min, max, ...shape } = api.shapes[name] ?? { type: '' };
  const ref = ({ shape: to }: { shape: string }) => ({ $ref: `#/definitions/${to}` });
  if (type === 'structure') {
    const properties = Object.fromEntries(Object.entries(members ?? {}).map(([key, to]) => [key, ref(to)]));
    return { type: 'object', properties, required: required ?? [], additionalProperties: false };
  }
  if (type === 'list' && member) return { type: 'array', items: ref(member) };
  if (type === 'map' && value) return { type: 'object', additionalProperties: ref(value) };
  if (type === 'string') return { type, minLength: min, maxLength: max, enum: shape.enum, pattern: shape.pattern };
  if (type === 'boolean') return { type };
  if (type === 'integer' || type === 'long') return { type: 'integer', minimum: min, maximum: max };
  return { type: 'number', minimum: min, maximum: max };
}
