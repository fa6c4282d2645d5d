import { describe, expect, it } from 'vitest';
import * as errors from '../../functions/shared/errors.ts';
import { states } from './definition.ts';

/** The names under which our classes reach Step Functions. */
const ours = Object.entries(errors)
  .filter(([className]) => className !== 'ProfileSyncError')
  .map(([className, ErrorClass]): [string, string] => [className, Reflect.construct(ErrorClass, ['message']).name]);

/** Errors that no retrier names: `States.ALL` tries them a few times more. */
const NOT_NAMED: Readonly<Record<string, string>> = {
  InvalidMapping: 'Synth refuses a bad mapping, so a deployed function never has one.',
  InvalidConfiguration: 'The stack sets every variable; a wrong one is a bug of a deployment.',
  UnexpectedError: 'Stands for errors we know nothing about, so trying again is all there is.',
};

const AWS_NAMES = /^(States\.[A-Za-z]+|Lambda\.[A-Za-z]+|Sandbox\.Timedout|Runtime\.ExitError)$/;

const named = [...states].flatMap(([state, { Retry = [] }]) =>
  Retry.flatMap((retrier) => retrier.ErrorEquals.map((name): [string, string] => [name, state])),
);

describe('error names', () => {
  it.each(ours)('%s is thrown under the name of its class', (className, name) => {
    expect(name).toBe(className);
  });

  it.each(ours)('%s is named in a retrier, or listed here with the reason', (_className, name) => {
    const inDefinition = named.some(([each]) => each === name);
    expect([inDefinition, name in NOT_NAMED]).toEqual([!(name in NOT_NAMED), name in NOT_NAMED]);
  });

  it.each(named.filter(([name]) => !AWS_NAMES.test(name)))(
    '%s in the Retry of %s is an error that we throw',
    (name) => {
      expect(ours.map(([, each]) => each)).toContain(name);
    },
  );

  it('are never wildcards, which Step Functions would take literally', () => {
    expect(named.filter(([name]) => name.includes('*'))).toEqual([]);
  });
});
