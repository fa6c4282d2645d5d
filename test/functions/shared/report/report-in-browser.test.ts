import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportHtml } from '../../../../functions/shared/report/report.ts';
import type { ReportData } from '../../../../functions/shared/report/report-data.ts';
import { chromiumPath, launchBrowser, needsChromium, openPage } from '../../../helpers/browser.ts';
import { situations } from '../../../helpers/report-situations.ts';

const all: [string, ReportData][] = Object.entries(situations);
const sample = reportHtml(situations['a run with rejected rows']);

describe.skipIf(!chromiumPath)(`the report in a browser${needsChromium}`, () => {
  let browser: Browser;
  let folder: string;
  let outside: Server;
  let origin: string;
  const asked: string[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
    folder = await mkdtemp(join(tmpdir(), 'report-'));
    outside = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    const address = outside.address();
    origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  });

  afterAll(async () => {
    await browser?.close();
    outside?.close();
    if (folder) await rm(folder, { recursive: true });
  });

  async function opened(markup: string, options: Parameters<typeof openPage>[1] = {}) {
    const file = join(folder, `${crypto.randomUUID()}.html`);
    await writeFile(file, markup);
    const { page, problems } = await openPage(browser, options);
    await page.goto(pathToFileURL(file).href);
    return { page, problems };
  }

  /** What somebody would write into a name, if escaping failed. */
  const injected = () => `
    <script>document.title = 'ran'</script>
    <script src="${origin}/script.js"></script>
    <img src="${origin}/image.png">
    <img src="nowhere:" onerror="document.title = 'ran'">
    <style>h1 { display: none }</style>
    <p id="hidden" style="display: none">seen</p>
    <link rel="stylesheet" href="${origin}/style.css">
    <iframe src="${origin}/frame"></iframe>
    <object data="${origin}/object"></object>
    <svg onload="document.title = 'ran'"></svg>`;

  async function withInjected(markup: string) {
    asked.length = 0;
    const { page } = await opened(markup.replace('<main>', () => `<main>${injected()}`));
    await page.waitForLoadState('networkidle');
    return {
      title: await page.title(),
      isHeadingThere: await page.locator('h1').isVisible(),
      isStyledAway: !(await page.locator('#hidden').isVisible()),
      asked: asked.toSorted(),
    };
  }

  it('runs nothing, asks for nothing and looks the same, even with markup in it that is not its own', async () => {
    expect(await withInjected(sample)).toEqual({
      title: 'Done: 342 rows rejected – exports/customers-2026-11-22.csv',
      isHeadingThere: true,
      isStyledAway: false,
      asked: [],
    });
  });

  it('would do all of that without its policy', async () => {
    const without = sample.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '');
    expect(await withInjected(without)).toEqual({
      title: 'ran',
      isHeadingThere: false,
      isStyledAway: true,
      asked: ['/frame', '/image.png', '/object', '/script.js', '/style.css'],
    });
  });

  it.each(all)('fits a telephone and a desk, of %s', async (_, data) => {
    for (const width of [390, 1280]) {
      const { page, problems } = await opened(reportHtml(data), { viewport: { width, height: 900 } });
      expect(problems).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      const drawings = page.locator('.drawing:visible');
      expect(await drawings.count()).toBe((await page.locator('.drawing').count()) / 2);
      for (const drawing of await drawings.all()) expect(await drawing.getAttribute('aria-label')).not.toBe('');
      await page.context().close();
    }
  });

  it.each([
    { colorScheme: 'light', media: 'screen', is: 'dark' },
    { colorScheme: 'dark', media: 'screen', is: 'light' },
    { colorScheme: 'dark', media: 'print', is: 'dark' },
  ] as const)('has $is letters on a $colorScheme $media', async ({ colorScheme, media, is }) => {
    const { page } = await opened(sample, { colorScheme });
    await page.emulateMedia({ media });
    const color = await page.evaluate("getComputedStyle(document.querySelector('h1')).color");
    const [red = Number.NaN] = String(color).match(/\d+/g)?.map(Number) ?? [];
    expect(red < 128 ? 'dark' : 'light').toBe(is);
  });
});
