import { describe, expect, it } from 'vitest';
import * as errors from '../../../../functions/shared/errors.ts';
import { errorCatalogue, remedyFor } from '../../../../functions/shared/run-failure/error-catalogue.ts';
import { states } from '../../../statemachine/definition.ts';

const classes = Object.keys(errors).filter((name) => name !== 'ProfileSyncError');
const definition = [...states.values()];
const retried = definition.flatMap(({ Retry = [] }) => Retry.flatMap(({ ErrorEquals }) => ErrorEquals));
const failed = definition.flatMap((state) => ('Error' in state ? [String(state.Error)] : []));
const names = errorCatalogue.map(({ name }) => name);

describe('the catalogue of errors', () => {
  it.each([...new Set([...classes, ...retried, ...failed])])('says what %s means and what to do', (name) => {
    expect(names).toContain(name);
  });

  it('has each name once', () => {
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(errorCatalogue)('tells in the words of $name what its remedy is', ({ whatToDo, remedy }) => {
    const [firstAdvice] = whatToDo.split('; ');
    expect(firstAdvice?.includes('edrive the run')).toBe(remedy === 'redrive');
    if (remedy !== 'redrive') expect(firstAdvice).toMatch(/upload/);
  });

  it('has an entry for a name that nobody foresaw', () => {
    expect(remedyFor('InvalidExport').name).toBe('InvalidExport');
    for (const name of ['States.Runtime', undefined]) expect(remedyFor(name).name).toBe('States.ALL');
  });
});
