import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Console, startConsole } from '../../../cli/console/console-server.ts';
import { buildPage } from '../../../cli/console/page-files.ts';
import { createRecall } from '../../../cli/console/recall.ts';
import { exportCsv } from '../../../samples/export-csv.ts';
import { chromiumPath, launchBrowser, needsChromium, openPage } from '../../helpers/browser.ts';
import { startTestStack, type TestStack } from '../../helpers/stack.ts';

const ROWS = 600;
const NAME = 'customers-2026-03-30.csv';

describe.skipIf(!chromiumPath)(`the console in a browser${needsChromium}`, () => {
  let test: TestStack;
  let server: Console;
  let folder: string;
  let browser: Browser;
  let page: Page;
  let problems: string[];
  const asked = new Set<string>();

  beforeAll(async () => {
    test = await startTestStack({ quota: 60, settings: { putRatePerSecond: 240 } });
    folder = await mkdtemp(join(tmpdir(), 'console-'));
    const host = { stack: test.connected, recall: createRecall(test.connected.clock), folder };
    server = await startConsole(host, await buildPage(), 0);
    browser = await launchBrowser();
    ({ page, problems } = await openPage(browser));
    page.on('request', (request) => asked.add(new URL(request.url()).origin));
    await page.goto(server.link);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await test?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const stateOfRun = (state: string) => page.locator('main .title .badge', { hasText: state });
  const allow = (action: string) => {
    const { iam } = test.stack;
    iam.putPolicies(
      iam.policies().map((policy) => ({
        ...policy,
        document: JSON.parse(
          JSON.stringify(policy.document).replaceAll(/profile:(PutProfileObject|GetDomain)/g, `profile:${action}`),
        ),
      })),
    );
  };

  it('teaches the first step while there is no run', async () => {
    await page.getByText('No run yet.').waitFor();
    expect(new URL(page.url()).search).toBe('');
  });

  it('takes an export that is dropped on the page, and shows its run at work without a reload', async () => {
    await dropped(page, NAME, [...exportCsv({ rows: ROWS, seed: 1, churn: 1, night: 1 })].join(''));
    await page.getByRole('heading', { level: 1, name: `exports/${NAME}` }).waitFor();
    await stateOfRun('running').waitFor();
    await page.getByRole('img', { name: /State machine: .*SplitExport succeeded.*SyncChunks running/ }).waitFor();
    await page.getByRole('group', { name: /^Chunks: .*at work/ }).waitFor();
    await page.getByRole('img', { name: /^Calls per second/ }).waitFor();
  });

  it('shows the run fail of a lost permission, in words that say what to do', async () => {
    allow('GetDomain');
    await stateOfRun('failed').waitFor();
    const ended = page.getByRole('region', { name: 'What ended it, and what to do' });
    await ended.getByText('ProfilesAccessDenied').first().waitFor();
    await ended
      .getByText(/then redrive the run/)
      .first()
      .waitFor();
    await page.getByRole('img', { name: /State machine: .*SyncChunks failed/ }).waitFor();
    await page.getByRole('link', { name: /Notices 1 open/ }).waitFor();
  });

  it('redrives the run from the keyboard, after it has said what runs again', async () => {
    allow('PutProfileObject');
    await page.getByRole('button', { name: 'Redrive' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Redrive this run?' });
    await dialog.getByText(/of 600 rows have no outcome yet/).waitFor();

    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await expect.poll(() => page.evaluate('document.activeElement?.textContent')).toBe('Redrive');
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Redrive the run' }).press('Enter');
    await stateOfRun('succeeded').waitFor();
    await page.getByText('redriven once').waitFor();
    const history = page.getByRole('region', { name: 'History' });
    await history.getByText('The run was redriven').waitFor();
    await history.getByText('The run succeeded.').waitFor();
    const said = await page.locator('[aria-live=polite]').textContent();
    expect(said).toBe('The run is succeeded.');
  });

  it('accounts for every row of the redriven run', async () => {
    const figures = await page.locator('.figures').evaluate((list) => (list as { innerText?: string }).innerText ?? '');
    const figure = (name: string) => Number(new RegExp(`${name}\\n+([\\d,]+)`).exec(figures)?.[1]?.replace(',', ''));
    expect([figure('Synced'), figure('Unchanged'), figure('Stale'), figure('Rejected')]).toEqual([591, 0, 6, 3]);
    expect(figure('Calls')).toBeGreaterThanOrEqual(591);
    const report = await page.getByRole('link', { name: 'Report' }).getAttribute('href');
    const opened = await page.context().newPage();
    await opened.goto(`${new URL(page.url()).origin}${report}`);
    await opened.getByText('591').first().waitFor();
    await opened.close();
  });

  it('lists its rejected rows by code, and finds the customer of one', async () => {
    await page.getByRole('link', { name: 'Rejected rows', exact: true }).click();
    await expect.poll(() => page.locator('tbody tr').count()).toBe(3);
    await page.getByRole('link', { name: /^TOO_LONG 1$/ }).click();
    await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
    await page.getByText('A value is longer than the service allows for its field.').first().waitFor();
    await page.locator('tbody button').click();
    await page
      .getByText(/was rejected: TOO_LONG/)
      .first()
      .waitFor();
    expect(page.url()).toMatch(/#\/customers$/);
  });

  it('shows what the profile of a customer holds, and which run sent it', async () => {
    await page.getByRole('searchbox', { name: 'Find a customer' }).fill('C-0000007');
    await page.keyboard.press('Enter');
    await page
      .getByText(/The profile holds it\./)
      .first()
      .waitFor();
    await page
      .getByRole('region', { name: 'Ledger: what was sent last' })
      .getByRole('link', { name: /^run / })
      .waitFor();
  });

  it('says in one sentence why a file is no export, and uploads nothing', async () => {
    await page.getByRole('link', { name: 'Runs', exact: true }).click();
    await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
    await dropped(page, 'customers.txt', 'a,b\n1,2\n');
    await page
      .getByRole('alert')
      .getByText(/a run starts for names that end in/)
      .waitFor();
    expect(await page.locator('tbody tr').count()).toBe(1);
  });

  it('says that it is not up to date while its server is away', async () => {
    await page.route('**/api/**', (route) => route.abort());
    await page
      .getByText(/does not answer/)
      .first()
      .waitFor();
    await page.getByText(/Not up to date since/).waitFor();
    await page.unroute('**/api/**');
    await page
      .getByText(/does not answer/)
      .first()
      .waitFor({ state: 'detached' });
  });

  it.each([1280, 390])('fits the window at %i pixels, on every page, in both themes', async (width) => {
    await page.setViewportSize({ width, height: 844 });
    const run = await page.locator('tbody th a').first().getAttribute('href');
    for (const hash of ['#/runs', run ?? '', `${run}/rejected`, '#/customers', '#/notices']) {
      await page.goto(`${new URL(page.url()).origin}/${hash}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await page.evaluate('document.documentElement.scrollWidth'), `${hash} ${colorScheme}`).toBe(width);
      }
    }
    await page.goto(`${new URL(page.url()).origin}/#/runs`);
    await page.locator('tbody th a').first().waitFor();
  });

  it('asked nobody but its own server, and nothing in it went wrong', () => {
    expect([...asked]).toEqual([new URL(server.link).origin]);
    // The browser itself notes each answer that the tests above took away or had refused.
    expect(problems.filter((problem) => !/Failed to load resource/.test(problem))).toEqual([]);
  });
});

/** As a file that is dragged from a folder. */
async function dropped(page: Page, name: string, content: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    `(() => { const transfer = new DataTransfer(); transfer.items.add(new File([${JSON.stringify(content)}], ${JSON.stringify(name)}, { type: 'text/csv' })); return transfer; })()`,
  );
  await page.dispatchEvent('main', 'dragover', { dataTransfer: transfer });
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
}
