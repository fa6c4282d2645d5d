import { type Member, matchesWhole, type ServiceModel, type Shape, shapeOf } from './service-model.ts';

/** A value for one member of a request that its constraint just allows, or just does not. */
export interface BoundaryValue {
  /** Names of members and, in lists, numbers. */
  readonly path: readonly (string | number)[];
  /** `undefined`: the member is left out. */
  readonly value: unknown;
  readonly allowed: boolean;
  readonly why: string;
}

interface Case {
  readonly value: unknown;
  readonly allowed: boolean;
  readonly why: string;
}

/** Texts that one of the patterns of the models takes, in any length, or in the only length there is. */
const TEXTS = [(length: number) => 'a'.repeat(length), () => 'a'.repeat(32)];

/** What each constraint of the shape just allows and just refuses, through all of its members; `except` are left out. */
export function boundaryValues(
  model: ServiceModel,
  shapeName: string,
  except: readonly string[] = [],
): BoundaryValue[] {
  const shape = shapeOf(model, shapeName);
  const required = (shape.required ?? []).map((name) => {
    return { path: [name], value: undefined, allowed: false, why: 'required' };
  });
  const members = Object.entries(shape.members ?? {}).filter(([name]) => !except.includes(name));
  return [...required, ...members.flatMap(([name, member]) => ofMember(model, name, member, except))];
}

function ofMember(model: ServiceModel, name: string, member: Member, except: readonly string[]): BoundaryValue[] {
  const shape = shapeOf(model, member.shape);
  const at = (cases: readonly BoundaryValue[], step: string | number) =>
    cases.map(({ path, ...rest }) => ({ ...rest, path: [step, ...path] }));
  if (shape.type === 'structure') return at(boundaryValues(model, member.shape, except), name);
  if (shape.type === 'list')
    return [...ofList(model, shape, name), ...at(ofMember(model, '0', shape.member ?? member, except), name)];
  if (shape.type === 'map') return ofMap(model, shape, name);
  return scalarCases(shape, member.location === undefined).map((one) => ({ ...one, path: [name] }));
}

function ofList(model: ServiceModel, { min, max, member }: Shape, name: string): BoundaryValue[] {
  const item = sample(model, member?.shape ?? '');
  const sized = (length: number, allowed: boolean, why: string) => {
    return { path: [name], value: Array.from({ length }, () => item), allowed, why };
  };
  return [
    { path: [name], value: 'no list', allowed: false, why: 'list' },
    ...(min ? [sized(min, true, `min ${min}`), sized(min - 1, false, `min ${min}`)] : []),
    ...(max ? [sized(max, true, `max ${max}`), sized(max + 1, false, `max ${max}`)] : []),
  ];
}

function ofMap(model: ServiceModel, { key, value }: Shape, name: string): BoundaryValue[] {
  const keys = scalarCases(shapeOf(model, key?.shape ?? ''), false);
  const values = scalarCases(shapeOf(model, value?.shape ?? ''), true);
  return [
    ...keys.map((one) => ({ ...one, path: [name], value: { [String(one.value)]: 'x' }, why: `key ${one.why}` })),
    ...values.map((one) => ({ ...one, path: [name, 'x'] })),
  ];
}

/** `inBody`: there the type shows, too; in paths and queries everything is text, and an empty one is no request. */
function scalarCases(shape: Shape, inBody: boolean): Case[] {
  const { min, max } = shape;
  if (shape.type === 'integer') {
    return [
      ...(min === undefined
        ? []
        : [
            { value: min, allowed: true, why: `min ${min}` },
            { value: min - 1, allowed: false, why: `min ${min}` },
          ]),
      ...(max === undefined
        ? []
        : [
            { value: max, allowed: true, why: `max ${max}` },
            { value: max + 1, allowed: false, why: `max ${max}` },
          ]),
      { value: 'x', allowed: false, why: 'whole number' },
    ];
  }
  const cases: Case[] = inBody ? [{ value: 7, allowed: false, why: 'string' }] : [];
  if (shape.enum) {
    const good = shape.enum.map((value) => ({ value, allowed: true, why: 'enum' }));
    return [...cases, ...good, { value: 'NONE_OF_THESE', allowed: false, why: 'enum' }];
  }
  const fits = (length: number) => TEXTS.map((text) => text(length)).find((value) => isPossible(shape, value)) ?? '';
  cases.push({ value: fits(Math.max(1, min ?? 0)), allowed: true, why: 'shortest' });
  if (min === 0) cases.push({ value: '', allowed: true, why: 'min 0' });
  if (min && inBody) cases.push({ value: 'a'.repeat(min - 1), allowed: false, why: `min ${min}` });
  if (max) cases.push({ value: fits(max), allowed: true, why: `max ${max}` });
  if (max) cases.push({ value: 'a'.repeat(max + 1), allowed: false, why: `max ${max}` });
  if (shape.pattern)
    cases.push({ value: `${fits(2)}!`.slice(-(max ?? 33)), allowed: false, why: `pattern ${shape.pattern}` });
  return cases;
}

function isPossible({ pattern, max = Number.POSITIVE_INFINITY }: Shape, value: string): boolean {
  return value.length <= max && (!pattern || matchesWhole(pattern, value));
}

/** The smallest value that the shape allows. */
function sample(model: ServiceModel, shapeName: string): unknown {
  const shape = shapeOf(model, shapeName);
  if (shape.type === 'structure') {
    const required = shape.required ?? [];
    return Object.fromEntries(required.map((name) => [name, sample(model, shape.members?.[name]?.shape ?? '')]));
  }
  if (shape.type === 'list') return [sample(model, shape.member?.shape ?? '')];
  return scalarCases(shape, true).find(({ allowed }) => allowed)?.value;
}
