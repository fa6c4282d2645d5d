import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { CHART_STYLE } from '../../functions/shared/report/chart-style.ts';
import { TOKENS } from '../../functions/shared/report/style.ts';

const PAGE = fileURLToPath(new URL('page/', import.meta.url));

export interface PageFile {
  readonly type: string;
  readonly content: Uint8Array;
}

/** By their paths on the server. */
export type PageFiles = Readonly<Record<string, PageFile>>;

/** Bundles the page, for as long as the console runs: less than a second. */
export async function buildPage(): Promise<PageFiles> {
  const { outputFiles } = await build({
    entryPoints: { main: `${PAGE}main.tsx` },
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
  const [script] = outputFiles;
  const styles = TOKENS + CHART_STYLE + (await readFile(`${PAGE}style.css`, 'utf8'));
  const { code: style } = await transform(styles, { loader: 'css', minify: true, target: 'es2022' });
  return {
    '/': { type: 'text/html; charset=utf-8', content: await readFile(`${PAGE}index.html`) },
    '/main.js': { type: 'text/javascript; charset=utf-8', content: script?.contents ?? Buffer.alloc(0) },
    '/style.css': { type: 'text/css; charset=utf-8', content: Buffer.from(style) },
  };
}
