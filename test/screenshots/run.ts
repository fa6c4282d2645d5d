/**
 * `npm run screenshots [-- FOLDER]`: plays two nights on the embedded stack and takes pictures of console and report, in both
 * widths and themes: for the docs, or of the whole pages into another folder.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { startConsole } from '../../cli/console/console-server.ts';
import { buildPage } from '../../cli/console/page-files.ts';
import { createRecall } from '../../cli/console/recall.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { startTestStack } from '../helpers/stack.ts';
import { type Camera, createCamera } from './camera.ts';
import { type Moment, playNights } from './nights.ts';

/** A customer of the sample whose row was sent in the first night. */
const CUSTOMER = 'C-0000042';

const IMAGES = 'docs/images';
const [folder = IMAGES] = process.argv.slice(2);
const test = await startTestStack({ quota: 80 });
const browser = await launchBrowser();
const connected = { ...test.connected, embeddedAt: test.stack.url };
const host = {
  stack: connected,
  recall: createRecall(connected.clock),
  folder: await mkdtemp(join(tmpdir(), 'console-')),
};
const server = await startConsole(host, await buildPage(), 0);
const base = new URL(server.link).origin;
const SHOTS: Readonly<Record<Moment, (camera: Camera, runId: string) => Promise<void>>> = {
  running: (camera, runId) => run(camera, 'run-running', runId, 'running'),
  async failed(camera, runId) {
    await run(camera, 'run-failed', runId, 'failed');
    await report(camera, 'report-failed', runId);
    await camera.shoot('notices', `${base}/#/notices`, (page) => page.getByText('What to do').first().waitFor());
  },
  async redriven(camera, runId) {
    await run(camera, 'run-redriven', runId, 'succeeded');
    await report(camera, 'report', runId);
    await camera.shoot('rejected', `${base}/#/runs/${runId}/rejected`, (page) => page.getByRole('table').waitFor());
  },
  'several runs': (camera) => camera.shoot('runs', `${base}/#/runs`, (page) => page.getByRole('table').waitFor()),
  async 'second night'(camera) {
    await camera.shoot('customer', `${base}/#/customers`, async (page) => {
      await page.getByRole('searchbox', { name: 'Customer key' }).fill(CUSTOMER);
      await page.getByRole('button', { name: 'Find' }).click();
      await page.getByRole('heading', { name: 'Profile' }).waitFor();
    });
  },
};

async function run(camera: Camera, name: string, runId: string, state: string): Promise<void> {
  await camera.shoot(name, `${base}/#/runs/${runId}`, async (page: Page) => {
    await page.locator('.title').getByText(state).waitFor();
    await page.getByRole('img', { name: /^State machine/ }).waitFor();
    await page.getByRole('img', { name: /^Chunks over time/ }).waitFor();
  });
}

async function report(camera: Camera, name: string, runId: string): Promise<void> {
  await camera.shoot(name, `${base}/runs/${runId}/report.html`, (page) =>
    page.getByRole('heading', { level: 1 }).waitFor(),
  );
}

try {
  const camera = await createCamera(browser, server.link, { folder, whole: folder !== IMAGES });
  await playNights(test, (moment, runId) => SHOTS[moment](camera, runId));
} finally {
  await browser.close();
  await server.close();
  await test.stop();
}
