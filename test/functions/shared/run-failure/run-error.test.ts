import { describe, expect, it } from 'vitest';
import { runError } from '../../../../functions/shared/run-failure/run-error.ts';

const CUSTOMER = 'Taro Yamada';
const payload = (errorType: string, errorMessage: unknown) => JSON.stringify({ errorType, errorMessage, trace: ['x'] });

describe('the error of a run or a chunk', () => {
  it('is told with the message that our function gave it', () => {
    const message = 'Row 17: a quote was opened and never closed.';
    expect(runError('InvalidExport', payload('InvalidExport', message))).toEqual({ name: 'InvalidExport', message });
  });

  it('is told with the cause of our Fail state, which is no JSON', () => {
    const message = 'Run r has 5 rows, but its outcomes add up to 4.';
    expect(runError('RowsUnaccounted', message)).toEqual({ name: 'RowsUnaccounted', message });
  });

  it.each<[string, string | undefined, string | undefined]>([
    ['of AWS', 'States.Runtime', CUSTOMER],
    ['of a function, thrown by code that is not ours', 'SyntaxError', payload('SyntaxError', CUSTOMER)],
    ['with our name over a payload of another error', 'InvalidExport', payload('SyntaxError', CUSTOMER)],
    ['with our name over a payload that is no text', 'InvalidExport', payload('InvalidExport', { CUSTOMER })],
    ['with our name over a payload that was cut off', 'InvalidExport', `{"errorMessage":"${CUSTOMER}`],
    ['without a cause', 'InvalidExport', undefined],
  ])('%s is told by its name alone', (_, error, cause) => {
    expect(runError(error, cause)).toEqual({ name: error });
  });

  it.each([undefined, '', CUSTOMER, 'x'.repeat(200), 'C-1,Taro'])('with %j for a name is told without it', (error) => {
    expect(runError(error, CUSTOMER)).toEqual({ name: 'unnamed error' });
  });

  it('is cut to a length that a person reads', () => {
    const { message } = runError('InvalidExport', payload('InvalidExport', 'x'.repeat(30_000)));
    expect(message).toHaveLength(2_000);
  });
});
