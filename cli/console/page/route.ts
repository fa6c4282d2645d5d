/**
 * Where the page stands, as the part of its address behind `#`. It never holds what was typed into the search for a
 * customer: the browser keeps addresses in its history.
 */
export type Route =
  | { readonly page: 'runs'; readonly state?: string }
  | { readonly page: 'run'; readonly runId: string }
  | { readonly page: 'rejected'; readonly runId: string; readonly code?: string; readonly number?: number }
  | { readonly page: 'customers' }
  | { readonly page: 'notices' }
  | { readonly page: 'unknown' };

export function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [page, runId, part, ...rest] = path.split('/').map(decoded);
  const values = new URLSearchParams(query);
  if (rest.length > 0) return { page: 'unknown' };
  if (page === '' || (page === 'runs' && !runId)) return { page: 'runs', ...present('state', values.get('state')) };
  if (page === 'runs' && runId && !part) return { page: 'run', runId };
  if (page === 'runs' && runId && part === 'rejected') {
    const number = Number(values.get('page'));
    return {
      page: 'rejected',
      runId,
      ...present('code', values.get('code')),
      ...(Number.isInteger(number) && number > 1 && { number }),
    };
  }
  if ((page === 'customers' || page === 'notices') && !runId) return { page };
  return { page: 'unknown' };
}

export function linkTo(route: Route): string {
  switch (route.page) {
    case 'run':
      return `#/runs/${encodeURIComponent(route.runId)}`;
    case 'rejected':
      return `#/runs/${encodeURIComponent(route.runId)}/rejected${query({ code: route.code, page: route.number })}`;
    case 'runs':
      return `#/runs${query({ state: route.state })}`;
    case 'customers':
    case 'notices':
      return `#/${route.page}`;
    case 'unknown':
      return '#/runs';
  }
}

function query(values: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(values).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

function present<Name extends string>(name: Name, value: string | null): Partial<Record<Name, string>> {
  return value ? ({ [name]: value } as Record<Name, string>) : {};
}

/** A `%` that was typed by hand stands for itself. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
