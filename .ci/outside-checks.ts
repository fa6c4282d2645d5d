import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Checks on data from outside the repository: `node outside-checks.ts FOLDER VITEST_RESULTS.json`. */
const [folder = '', results = ''] = process.argv.slice(2);

interface Check {
  readonly promise: string;
  readonly needs: string;
  readonly run: (path: string) => string | undefined;
}

const CHECKS: readonly Check[] = [
  {
    promise: 'a public sample of 1,000 customers syncs whole; phone numbers that can not be normalised survive',
    needs: 'data/customers-1000.csv',
    run(path) {
      const args = [
        'run',
        '--silent',
        'sync',
        '--',
        path,
        '--mapping',
        'mappings/customers-1000.json',
        '--fresh',
        '--json',
      ];
      const { stdout, stderr, status } = spawnSync('npm', args, { encoding: 'utf8' });
      if (status !== 0) return `exit code ${status}: ${stderr}`;
      const summary = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
      const expected = { status: 'SUCCEEDED', rows: 1000, synced: 1000, rejected: 0 };
      const wrong = Object.entries(expected).filter(([name, value]) => summary[name] !== value);
      return wrong.length > 0 ? `expected ${JSON.stringify(expected)}, got ${JSON.stringify(summary)}` : undefined;
    },
  },
  {
    promise: 'the interpreter of the states language agrees with every recording of AWS',
    needs: 'asl-conformance',
    run(path) {
      const args = ['run', '--silent', 'conformance', '--', path];
      const { stdout, status } = spawnSync('npm', args, { encoding: 'utf8' });
      return status === 0 ? undefined : stdout.slice(-2_000);
    },
  },
];

interface VitestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
}

// The file stays empty if lint or types failed, so that no test was run.
const text = existsSync(results) ? readFileSync(results, 'utf8') : '';
const none: VitestResults = { numPassedTests: 0, numFailedTests: 1, numFailedTestSuites: 0 };
const vitest = text === '' ? none : (JSON.parse(text) as VitestResults);
let passed = vitest.numPassedTests;
// A suite that can't even be loaded has no failed test in it.
let failed = Math.max(vitest.numFailedTests, vitest.numFailedTestSuites > 0 ? 1 : 0);

for (const { promise, needs, run } of CHECKS) {
  const path = join(folder, needs);
  if (!existsSync(path)) {
    console.log(`skipped: ${promise} (there is no ${path})`);
    continue;
  }
  const fault = run(path);
  if (fault === undefined) passed += 1;
  else failed += 1;
  console.log(`${fault === undefined ? 'ok' : 'FAILED'}: ${promise}${fault === undefined ? '' : `\n  ${fault}`}`);
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
