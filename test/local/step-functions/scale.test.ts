import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const SCRIPT = new URL('./map-run-scale.ts', import.meta.url).pathname;

it('a Map Run of 20,000 children with 50 at once runs in a heap of 40 MB', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--max-old-space-size=40', SCRIPT, '20000']);
  const { status, children, peakMb } = JSON.parse(stdout);
  expect([status, children]).toEqual(['SUCCEEDED', 20_000]);
  expect(peakMb).toBeLessThan(100);
});
