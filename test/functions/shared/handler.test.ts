import type { Context } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import { InvalidExport } from '../../../functions/shared/errors.ts';
import { lambdaHandler, sealed } from '../../../functions/shared/handler.ts';

const CONTEXT = { functionName: 'f', awsRequestId: 'r' } as Context;
const MARK = 'Taro-Yamada-09012345678';

function thrown(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe('what leaves a handler', () => {
  it.each([
    ['JSON.parse', () => JSON.parse(`{"name":${MARK}`)],
    ['a URL', () => new URL(MARK)],
    [
      'a multi-line message',
      () => {
        throw new Error(`bad\n    at (${MARK}:1)\n${MARK}`);
      },
    ],
    [
      'a string',
      () => {
        throw MARK;
      },
    ],
  ])('holds none of the words of an error that we did not write: %s', (_, run) => {
    const seal = sealed(thrown(run));
    expect(seal.name).toBe('UnexpectedError');
    expect(`${seal.message}${seal.stack}${JSON.stringify(seal)}${seal.cause}`).not.toContain(MARK);
  });

  it('says what was thrown, with the status and request id of an AWS answer', () => {
    const error = Object.assign(new Error(MARK), {
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403, requestId: 'abc' },
    });
    expect(sealed(error).message).toContain('AccessDenied was thrown (HTTP status 403, request abc)');
  });

  it('keeps stack frames, for the log', () => {
    expect(sealed(new TypeError('x')).stack).toContain('handler.test.ts');
  });

  it('passes our own errors by name and message, without their cause', async () => {
    const handler = lambdaHandler(async () => {
      throw new InvalidExport('Row 3: …', { cause: new Error(MARK) });
    });
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const invocation = Promise.resolve(handler({}, CONTEXT, { signal: new AbortController().signal }));
    const error = await invocation.then(() => new Error('nothing was thrown')).catch((caught: Error) => caught);
    expect([error.name, error.message, error.cause]).toEqual(['InvalidExport', 'Row 3: …', undefined]);
    expect('originalError' in error).toBe(false);
  });
});
