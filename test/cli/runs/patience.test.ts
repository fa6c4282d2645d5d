import { describe, expect, it } from 'vitest';
import { patiently } from '../../../cli/runs/patience.ts';
import { untilEnded } from '../../../cli/runs/started-run.ts';
import { createFakeClock } from '../../helpers/fake-clock.ts';

const NEVER = new AbortController().signal;
const named = (name: string) => Object.assign(new Error('secret'), { name });
const unreachable = () => Object.assign(new Error('secret'), { code: 'ECONNREFUSED' });

/** Looks at a service that fails so often, and tells what it heard. */
function looking(error: () => Error, { times, signal = NEVER }: { times: number; signal?: AbortSignal }) {
  const clock = createFakeClock();
  const began = clock.now();
  const notes: string[] = [];
  let looks = 0;
  const look = async () => {
    looks += 1;
    if (looks <= times) throw error();
    return 'seen';
  };
  const found = clock.until(patiently(look, { clock, signal, note: (text) => notes.push(text) }));
  return { found, notes, looks: () => looks, seconds: () => (clock.now() - began) / 1000 };
}

describe('a look at a run', () => {
  it.each([
    ['throttled', () => named('ThrottlingException')],
    ['out of reach', unreachable],
  ])('outlasts a service that is %s for half a minute, and says so once', async (_what, error) => {
    const { found, notes, seconds } = looking(error, { times: 15 });
    expect(await found).toBe('seen');
    expect(notes).toEqual(['The service does not answer. Trying again for a minute …']);
    expect(seconds()).toBe(30);
  });

  it('gives up after a minute', async () => {
    const { found, seconds } = looking(unreachable, { times: 1_000 });
    await expect(found).rejects.toThrow('secret');
    expect(seconds()).toBe(60);
  });

  it.each([
    ['an error that stays', () => named('AccessDeniedException'), NEVER],
    ['Ctrl-C', unreachable, AbortSignal.abort()],
  ])('does not wait after %s', async (_what, error, signal) => {
    const { found, notes, looks } = looking(error, { times: 1, signal });
    await expect(found).rejects.toThrow('secret');
    expect([looks(), notes]).toEqual([1, []]);
  });
});

describe('the end of a run', () => {
  async function looksAt(lasts: number, signal?: AbortSignal): Promise<number[]> {
    const clock = createFakeClock(0);
    const looks: number[] = [];
    const describe = async () => {
      looks.push(clock.now());
      const status = clock.now() < lasts ? ('RUNNING' as const) : ('SUCCEEDED' as const);
      return { executionArn: '', stateMachineArn: '', startDate: undefined, status, $metadata: {} };
    };
    await clock.until(untilEnded({} as never, 'run', clock, async () => {}, { signal, describe }));
    return looks;
  }

  it('is looked for twice a second while the run is short, then every two seconds', async () => {
    const looks = await looksAt(60_000);
    expect(looks.slice(0, 4)).toEqual([0, 500, 1_000, 1_500]);
    expect(looks.slice(-3)).toEqual([56_000, 58_000, 60_000]);
  });

  it('is not waited for after Ctrl-C', async () => {
    expect(await looksAt(60_000, AbortSignal.abort())).toEqual([0]);
  });
});
