import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { CHART_STYLE } from '../../functions/shared/report/chart-style.ts';
import { TOKENS } from '../../functions/shared/report/style.ts';

const PAGE = fileURLToPath(new URL('page/', import.meta.url));

export interface PageFile {
  readonly type: string;
  readonly content: Uint8Array;
}

/** By their paths on the server. */
export type PageFiles = Readonly<Record<string, PageFile>>;

/** Bundles the page, for as long as the console runs: less than a second. Its style begins with what it shares with reports. */
export async function buildPage(): Promise<PageFiles> {
  const { outputFiles } = await build({
    entryPoints: { main: `${PAGE}main.tsx`, style: `${PAGE}style/style.css` },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    tsconfig: `${PAGE}tsconfig.json`,
    outdir: PAGE,
    write: false,
    logLevel: 'silent',
    legalComments: 'none',
  });
  const bundled = (ending: string) =>
    outputFiles.find(({ path }) => path.endsWith(ending))?.contents ?? Buffer.alloc(0);
  return {
    '/': { type: 'text/html; charset=utf-8', content: await readFile(`${PAGE}index.html`) },
    '/main.js': { type: 'text/javascript; charset=utf-8', content: bundled('main.js') },
    '/style.css': {
      type: 'text/css; charset=utf-8',
      content: Buffer.concat([Buffer.from(TOKENS + CHART_STYLE), bundled('style.css')]),
    },
  };
}
