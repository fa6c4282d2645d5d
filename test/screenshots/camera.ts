import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openPage } from '../helpers/browser.ts';

const SIZES = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
] as const;
const SETTLED_MS = 250;
const THEMES = ['light', 'dark'] as const;

export interface Camera {
  /**
   * One picture in each width and theme.
   *
   * @param arrange makes the page show what is meant, and waits for it.
   */
  shoot(name: string, url: string, arrange: (page: Page) => Promise<void>): Promise<void>;
}

/** @param folder holds `NAME-WIDTH-THEME.png` afterwards. */
export async function createCamera(browser: Browser, link: string, folder: string): Promise<Camera> {
  await mkdir(folder, { recursive: true });
  return {
    async shoot(name, url, arrange) {
      const { page, problems } = await openPage(browser, { reducedMotion: 'reduce' });
      await page.goto(link);
      await page.goto(url);
      await arrange(page);
      for (const { width, height } of SIZES) {
        await page.setViewportSize({ width, height });
        for (const colorScheme of THEMES) {
          await page.emulateMedia({ colorScheme });
          // Charts are drawn again for their new width.
          await page.waitForTimeout(SETTLED_MS);
          await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true });
        }
      }
      await page.context().close();
      if (problems.length > 0) throw new Error(`${name}: ${problems.join('\n')}`);
    },
  };
}
