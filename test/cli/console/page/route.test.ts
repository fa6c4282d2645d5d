import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkTo, type Route, routeOf } from '../../../../cli/console/page/route.ts';

describe('The address of the console page', () => {
  it.each<[hash: string, route: Route]>([
    ['', { page: 'runs' }],
    ['#', { page: 'runs' }],
    ['#/', { page: 'runs' }],
    ['#/runs', { page: 'runs' }],
    ['#/runs/', { page: 'runs' }],
    ['#/runs?state=timed-out', { page: 'runs', state: 'timed-out' }],
    ['#/runs?state=', { page: 'runs' }],
    ['#/runs/abc', { page: 'run', runId: 'abc' }],
    ['#/runs/abc/rejected', { page: 'rejected', runId: 'abc' }],
    ['#/runs/abc/rejected?code=TOO_LONG&page=3', { page: 'rejected', runId: 'abc', code: 'TOO_LONG', number: 3 }],
    ['#/customers', { page: 'customers' }],
    ['#/notices', { page: 'notices' }],
  ])('%s leads to the page that it names', (hash, route) => {
    expect(routeOf(hash)).toEqual(route);
  });

  it.each(['#/elsewhere', '#/runs/abc/chunks', '#/runs/abc/rejected/1', '#/customers/C-1', '#/notices/7'])(
    '%s leads to no page',
    (hash) => {
      expect(routeOf(hash)).toEqual({ page: 'unknown' });
    },
  );

  it.each(['0', '1', '-2', '1.5', 'x', ''])('has the first page of rejected rows for page=%s', (page) => {
    expect(routeOf(`#/runs/abc/rejected?page=${page}`)).toEqual({ page: 'rejected', runId: 'abc' });
  });

  it('takes a percent sign that was typed by hand as it stands', () => {
    expect(routeOf('#/runs/100%')).toEqual({ page: 'run', runId: '100%' });
  });

  it('comes back as it was written, whatever a run is called', () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' });
    const routes = fc.oneof(
      fc.record({ page: fc.constant('runs' as const), state: text }, { requiredKeys: ['page'] }),
      fc.record({ page: fc.constant('run' as const), runId: text }),
      fc.record(
        { page: fc.constant('rejected' as const), runId: text, code: text, number: fc.integer({ min: 2, max: 9_999 }) },
        { requiredKeys: ['page', 'runId'] },
      ),
      fc.record({ page: fc.constantFrom('customers' as const, 'notices' as const) }),
    );
    fc.assert(
      fc.property(routes, (route: Route) => {
        expect(routeOf(linkTo(route))).toEqual(route);
      }),
    );
  });

  it('has no place for what was searched for', () => {
    expect(linkTo({ page: 'customers' })).toBe('#/customers');
    expect(routeOf('#/customers?search=C-0000042')).toEqual({ page: 'customers' });
  });
});
