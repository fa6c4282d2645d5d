import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openPage } from '../helpers/browser.ts';

/** Pixels; what of a page is longer is cut off in the pictures of the docs. */
const SIZES = [
  { width: 1280, height: 800, longest: 1_040 },
  { width: 390, height: 844, longest: 1_300 },
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

/**
 * @param options.folder holds `NAME-WIDTH-THEME.png` afterwards.
 * @param options.whole pictures show the pages to their end.
 */
export async function createCamera(
  browser: Browser,
  link: string,
  { folder, whole }: { readonly folder: string; readonly whole: boolean },
): Promise<Camera> {
  await mkdir(folder, { recursive: true });
  return {
    async shoot(name, url, arrange) {
      const { page, problems } = await openPage(browser, { reducedMotion: 'reduce' });
      await page.goto(link);
      await page.goto(url);
      await arrange(page);
      for (const { width, height, longest } of SIZES) {
        await page.setViewportSize({ width, height });
        for (const colorScheme of THEMES) {
          await page.emulateMedia({ colorScheme });
          // Charts are drawn again for their new width.
          await page.waitForTimeout(SETTLED_MS);
          const end: number = await page.evaluate('document.documentElement.scrollHeight');
          const clip = { x: 0, y: 0, width, height: whole ? end : Math.min(end, longest) };
          await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true, clip });
        }
      }
      await page.context().close();
      if (problems.length > 0) throw new Error(`${name}: ${problems.join('\n')}`);
    },
  };
}
