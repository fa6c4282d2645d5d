import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const PATHS = [
  process.env.CHROMIUM_PATH ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Where a Chromium is installed on this machine; undefined if none is found, and `CHROMIUM_PATH` names none. */
export const chromiumPath: string | undefined = PATHS.find((path) => path !== '' && existsSync(path));

/** For the name of a suite that is skipped without one. */
export const needsChromium = chromiumPath ? '' : ' (skipped: no Chromium found; CHROMIUM_PATH says where one is)';

export async function launchBrowser(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error(`No Chromium was found at ${PATHS.join(', ')}.`);
  // Its sandbox needs rights that containers do not give.
  return chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--force-color-profile=srgb'] });
}

/** Milliseconds: on a busy machine a run takes several times as long. */
const PATIENCE_MS = 100_000;

/** A page that collects what went wrong in it: errors of scripts, and what its content security policy refused. */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ readonly page: Page; readonly problems: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  return { page, problems };
}
