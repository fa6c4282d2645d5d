import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const FILE = 'index.mjs';

/**
 * Bundles a handler's text into the folder with the options that AWS documents.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/typescript-package.html, read 2026-11
 */
export async function bundle(handler: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await build({
    stdin: { contents: handler, resolveDir: PROJECT },
    outfile: join(folder, FILE),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
  });
}

/** Without the source map. */
export function bundleBytes(folder: string): number {
  return statSync(join(folder, FILE)).size;
}

/** The sources of a bundle of the stack, relative to somewhere. */
export function bundleSources(folder: string): readonly string[] {
  const { sources } = JSON.parse(readFileSync(join(folder, `${FILE}.map`), 'utf8'));
  return sources;
}
