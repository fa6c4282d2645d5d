import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { DEFINITION_TEXT, definition, type Retrier, stateNamed, states, statesOfType } from './definition.ts';

// The package has no types.
const validate: (definition: unknown) => { isValid: boolean; errors: unknown[] } = createRequire(import.meta.url)(
  'asl-validator',
);

/** Of a Standard execution; at 24,999 events only its success still fits. */
const HISTORY_EVENTS = 24_000;
/** TaskScheduled, TaskStarted and TaskFailed. */
const EVENTS_PER_ATTEMPT = 3;
const DEFAULT_MAX_ATTEMPTS = 3;

const tasks = statesOfType('Task');
const retriers = [...states].flatMap(([name, state]) =>
  (state.Retry ?? []).map((retrier): [string, Retrier] => [`${name} ${retrier.ErrorEquals.join(', ')}`, retrier]),
);

describe('the definition', () => {
  it('passes asl-validator', () => {
    expect(validate(definition)).toMatchObject({ isValid: true, errors: [] });
  });

  it('starts with what a reader needs first', () => {
    expect(Object.keys(definition)).toEqual(['Comment', 'QueryLanguage', 'StartAt', 'TimeoutSeconds', 'States']);
    expect(definition).toMatchObject({ QueryLanguage: 'JSONata', TimeoutSeconds: 7 * 24 * 3600 });
  });

  it('names no account', () => {
    expect(DEFINITION_TEXT).not.toMatch(/\d{12}/);
  });

  it('has each substitution inside a string, and inside an expression as a literal of it', () => {
    for (const [, before, after] of DEFINITION_TEXT.matchAll(/(.)\$\{\w+\}(.)/g)) {
      expect(`${before}…${after}`).toMatch(/^(".*"|'.*')$/);
    }
  });

  it.each([...states])('says why %s is there', (_name, state) => {
    expect(state.Comment).toMatch(/\w+ .+\.$/);
  });

  it.each(tasks)('gives the Task %s a timeout and a Retry', (_name, state) => {
    expect(state).toMatchObject({ TimeoutSeconds: expect.any(Number), Retry: expect.any(Array) });
  });

  it.each(tasks)('keeps the attempts of %s within the history of an execution', (_name, state) => {
    const attempts = (state.Retry ?? []).reduce((sum, each) => sum + (each.MaxAttempts ?? DEFAULT_MAX_ATTEMPTS), 1);
    expect(attempts * EVENTS_PER_ATTEMPT).toBeLessThan(HISTORY_EVENTS);
  });

  it.each(statesOfType('Fail'))('gives the Fail %s an Error and a Cause', (_name, state) => {
    expect(state).toMatchObject({ Error: expect.any(String), Cause: expect.any(String) });
  });

  it.each(tasks)('has States.ALL alone and last in %s', (_name, state) => {
    const places = (state.Retry ?? []).map((retrier) => retrier.ErrorEquals.includes('States.ALL'));
    expect(places.indexOf(true)).toBe(places.length - 1);
    expect(state.Retry?.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
  });

  it.each(retriers)('spreads the retries of %s, or makes none', (_name, retrier) => {
    expect(retrier.MaxAttempts === 0 || retrier.JitterStrategy === 'FULL').toBe(true);
  });

  it.each(retriers)('uses only fields that Step Functions knows for %s', (_name, retrier) => {
    const known = ['ErrorEquals', 'IntervalSeconds', 'BackoffRate', 'MaxDelaySeconds', 'JitterStrategy', 'MaxAttempts'];
    expect(known).toEqual(expect.arrayContaining(Object.keys(retrier)));
  });
});

describe('SyncChunks', () => {
  const map = stateNamed('SyncChunks');

  it('lets its failure escape, or nothing could be redriven', () => {
    for (const field of ['Catch', 'Retry', 'ToleratedFailureCount', 'ToleratedFailurePercentage']) {
      expect(map).not.toHaveProperty(field);
    }
  });

  it('has a label that Step Functions and CloudWatch take', () => {
    expect(map.Label).toMatch(/^[A-Za-z0-9_-]{1,40}$/);
  });

  it('reads JSON Lines, the whole file', () => {
    expect(map.ItemReader).toMatchObject({
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSONL' },
    });
  });

  it('runs Standard children, which alone can be redriven from where they failed', () => {
    expect(map.ItemProcessor).toMatchObject({ ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } });
  });

  it('gets an empty object back from a child, so that thousands of chunks fit the payload limit', () => {
    expect(stateNamed('SyncChunk').Output).toEqual({});
  });
});

describe('the Retry of SyncChunk', () => {
  const retry = stateNamed('SyncChunk').Retry ?? [];

  it('has its retriers in this order, since the first match decides', () => {
    expect(retry.map((retrier) => [retrier.MaxAttempts, ...retrier.ErrorEquals])).toEqual([
      [0, 'InvalidExport', 'ExportChanged', 'MappingChanged', 'ProfilesAccessDenied', 'ProfilesNotFound'],
      [160, 'ItemsThrottled'],
      [3000, 'NoPermit'],
      [1000, 'ChunkUnfinished'],
      [3000, 'Lambda.TooManyRequestsException'],
      [
        8,
        'Lambda.ServiceException',
        'Lambda.AWSLambdaException',
        'Lambda.SdkClientException',
        'Lambda.ClientExecutionTimeoutException',
        'Lambda.Unknown',
        'Sandbox.Timedout',
        'Runtime.ExitError',
        'States.Timeout',
      ],
      [5, 'States.ALL'],
    ]);
  });

  it.each(['ItemsThrottled', 'NoPermit', 'Lambda.TooManyRequestsException'])('outlasts an hour of %s', (name) => {
    const retrier = retry.find(({ ErrorEquals }) => ErrorEquals.includes(name));
    expect(retrier).toMatchObject({ IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 60 });
    expect(expectedWait(retrier)).toBeGreaterThan(3600);
  });

  it('goes on at once with a chunk that ran out of time', () => {
    expect(retry.find(({ ErrorEquals }) => ErrorEquals.includes('ChunkUnfinished'))).toMatchObject({
      IntervalSeconds: 1,
      BackoffRate: 1,
    });
  });
});

/** Seconds that all retries wait together, on average: FULL jitter halves each wait. */
function expectedWait(retrier: Retrier | undefined): number {
  const {
    IntervalSeconds = 1,
    BackoffRate = 2,
    MaxDelaySeconds = Infinity,
    MaxAttempts = DEFAULT_MAX_ATTEMPTS,
  } = retrier ?? {};
  return Array.from(
    { length: MaxAttempts },
    (_, k) => Math.min(IntervalSeconds * BackoffRate ** k, MaxDelaySeconds) / 2,
  ).reduce((sum, wait) => sum + wait, 0);
}
