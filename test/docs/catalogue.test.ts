import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withCatalogue } from '../../docs/catalogue.ts';
import * as errors from '../../functions/shared/errors.ts';
import { REJECT_CODES } from '../../functions/shared/rejection.ts';
import { errorCatalogue } from '../../functions/shared/run-failure/error-catalogue.ts';

const operations = readFileSync('docs/operations.md', 'utf8');
const stateMachine = readFileSync('statemachine/profile-sync.asl.json', 'utf8');

describe('the catalogue in docs/operations.md', () => {
  it('is the one of the code (npm run catalogue writes it)', () => {
    expect(operations).toBe(withCatalogue(operations));
  });

  it('has every error class', () => {
    const classes = Object.values(errors).filter((each) => each !== errors.ProfileSyncError) as (new () => Error)[];
    const names = errorCatalogue.map(({ name }) => name);
    for (const each of classes) expect(names).toContain(new each().name);
  });

  it('has every error that the state machine names', () => {
    const named = [...stateMachine.matchAll(/"ErrorEquals":\s*\[([^\]]*)\]|"Error":\s*"([^"]+)"/g)].flatMap(
      ([, list = '', error = '']) => [...list.matchAll(/"([^"]+)"/g)].map(([, name]) => name).concat(error || []),
    );
    expect(named.length).toBeGreaterThan(10);
    for (const name of named) expect(errorCatalogue.map((entry) => entry.name)).toContain(name);
  });

  it('has every code of a rejected row', () => {
    for (const code of Object.keys(REJECT_CODES)) expect(operations).toContain(`\`${code}\``);
  });
});
