import { existsSync, readFileSync } from 'node:fs';

/** The parts of a service model, in the format of botocore, that the contract tests read. */
export interface ServiceModel {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

export interface Operation {
  readonly http: { readonly method: string; readonly requestUri: string };
  readonly input?: { readonly shape: string };
  readonly output?: { readonly shape: string };
  readonly errors?: readonly { readonly shape: string }[];
}

export interface Member {
  readonly shape: string;
  readonly location?: 'uri' | 'querystring';
  readonly locationName?: string;
}

export interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, Member>>;
  /** Of a list. */
  readonly member?: Member;
  /** Of a map. */
  readonly key?: Member;
  readonly value?: Member;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly error?: { readonly httpStatusCode: number };
}

/** Where the models lie beside a checkout; they are not part of the project. */
const FOLDER = new URL('../../../shared/models/', import.meta.url);

/** Undefined where the model is absent. */
export function loadServiceModel(name: string): ServiceModel | undefined {
  const file = new URL(`${name}.service-2.json`, FOLDER);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ServiceModel) : undefined;
}

export function shapeOf({ shapes }: ServiceModel, name: string): Shape {
  const shape = shapes[name];
  if (!shape) throw new Error(`The model has no shape ${name}.`);
  return shape;
}

/** What in the value is not as the shape has it, each with its path; a member that the model does not know is named, too. */
export function violations(model: ServiceModel, shapeName: string, value: unknown, path = shapeName): string[] {
  const shape = shapeOf(model, shapeName);
  switch (shape.type) {
    case 'structure': {
      if (typeof value !== 'object' || value === null) return [`${path} is no structure`];
      const members = shape.members ?? {};
      const missing = (shape.required ?? []).filter((name) => !(name in value));
      const found = Object.entries(value).flatMap(([name, content]) => {
        const member = members[name];
        return member ? violations(model, member.shape, content, `${path}.${name}`) : [`${path}.${name} is unknown`];
      });
      return [...missing.map((name) => `${path}.${name} is missing`), ...found];
    }
    case 'list':
      if (!Array.isArray(value)) return [`${path} is no list`];
      return [
        ...outOfBounds(shape, value.length, path),
        ...value.flatMap((item, n) => violations(model, shape.member?.shape ?? '', item, `${path}[${n}]`)),
      ];
    case 'map':
      if (typeof value !== 'object' || value === null) return [`${path} is no map`];
      return Object.entries(value).flatMap(([key, content]) => [
        ...violations(model, shape.key?.shape ?? '', key, `${path} key`),
        ...violations(model, shape.value?.shape ?? '', content, `${path}.${key}`),
      ]);
    case 'string':
      return typeof value === 'string' ? textViolations(shape, value, path) : [`${path} is no string`];
    case 'integer':
    case 'long':
      return Number.isInteger(value) ? outOfBounds(shape, Number(value), path) : [`${path} is no whole number`];
    case 'timestamp':
      return typeof value === 'number' ? [] : [`${path} is no time`];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${path} is no boolean`];
    default:
      return [`${path} has the type ${shape.type}, which this check does not know`];
  }
}

function textViolations(shape: Shape, value: string, path: string): string[] {
  return [
    ...outOfBounds(shape, value.length, path),
    ...(shape.pattern && !matchesWhole(shape.pattern, value) ? [`${path} does not match ${shape.pattern}`] : []),
    ...(shape.enum && !shape.enum.includes(value) ? [`${path} is none of ${shape.enum}`] : []),
  ];
}

function outOfBounds({ min = 0, max = Number.POSITIVE_INFINITY }: Shape, size: number, path: string): string[] {
  return size >= min && size <= max ? [] : [`${path} has the size ${size}, not ${min} to ${max}`];
}

export function matchesWhole(pattern: string, value: string): boolean {
  return new RegExp(`^(?:${pattern})$`).test(value);
}
