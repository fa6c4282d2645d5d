import api from './api.json' with { type: 'json' };
import { ProfilesError } from './errors.ts';

export type OperationName = keyof typeof api;

interface Route {
  readonly name: OperationName;
  readonly method: string;
  /** Undefined where the URI has a parameter. */
  readonly literals: readonly (string | undefined)[];
  readonly parameters: readonly (string | undefined)[];
}

/** Every operation of the service model, those with more literal segments first: `…/profiles/objects` before `…/profiles/{ProfileId}`. */
const ROUTES: readonly Route[] = Object.entries(api)
  .map(([name, pattern]) => {
    const [method = '', uri = ''] = pattern.split(' ');
    const parameters = uri.split('/').map((segment) => /^\{(\w+)\}$/.exec(segment)?.[1]);
    const literals = uri.split('/').map((segment, index) => (parameters[index] === undefined ? segment : undefined));
    return { name: name as OperationName, method, literals, parameters };
  })
  .sort((a, b) => count(b.literals) - count(a.literals));

function count(segments: readonly (string | undefined)[]): number {
  return segments.filter((segment) => segment !== undefined).length;
}

/**
 * The operation that a method and path stand for, with the parameters of the path, decoded.
 *
 * @throws ProfilesError UnknownOperationException
 */
export function findRoute(method: string, path: string): { name: OperationName; parameters: Record<string, string> } {
  const segments = path.split('/');
  const route = ROUTES.find(
    (candidate) =>
      candidate.method === method &&
      candidate.literals.length === segments.length &&
      candidate.literals.every((literal, index) => literal === undefined || literal === segments[index]),
  );
  if (route === undefined) throw new ProfilesError('UnknownOperationException', `${method} ${path} is no operation.`);
  const parameters = route.parameters.flatMap((name, index) =>
    name === undefined ? [] : [[name, decode(segments[index] ?? '')] as const],
  );
  return { name: route.name, parameters: Object.fromEntries(parameters) };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
