import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const pages = globSync(['*.md', 'docs/**/*.md', 'bench/**/*.md', 'samples/*.md', 'statemachine/*.md']);

/** As GitHub names them: lower case, spaces as hyphens, without punctuation. */
function anchors(page: string): string[] {
  return [...readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function links(page: string): string[] {
  const text = readFileSync(page, 'utf8');
  const links = text.matchAll(/\]\((?!https?:)([^)\s]+)\)|<(?:img|source) [^>]*src(?:set)?="([^"]+)"/g);
  return [...links].map(([, link, picture]) => link ?? picture ?? '');
}

describe('the links of a page lead somewhere:', () => {
  it.each(pages)('%s', (page) => {
    for (const link of links(page)) {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? page : join(dirname(page), file);
      expect(existsSync(target), link).toBe(true);
      if (anchor !== undefined && statSync(target).isFile()) expect(anchors(target), link).toContain(anchor);
    }
  });
});

describe('docs/decisions/README.md', () => {
  const list = readFileSync('docs/decisions/README.md', 'utf8');

  it.each(globSync('docs/decisions/0*.md'))('lists %s by its title', (record) => {
    const [, number, title] = /^# (\d{4}) (.+)/.exec(readFileSync(record, 'utf8')) ?? [];
    expect(list).toContain(`| [${number}](${basename(record)}) | ${title} |`);
  });
});

it('docs/deploy.md has every value that the CDK context may have', () => {
  const page = readFileSync('docs/deploy.md', 'utf8');
  const names = [...readFileSync('infra/settings.ts', 'utf8').matchAll(/\(node, '(\w+)'/g)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(4);
  for (const name of names) expect(page).toMatch(new RegExp(`^\\| .*\`${name}\``, 'm'));
});

it('docs/deploy.md shows an app that the tests run, line by line', () => {
  const [, snippet = ''] =
    /^## In a CDK app of your own.*?```ts\n(.*?)```/ms.exec(readFileSync('docs/deploy.md', 'utf8')) ?? [];
  const shown = linesOf(snippet);
  expect(shown.length).toBeGreaterThan(20);
  const app = linesOf(readFileSync('test/end-to-end/own-app/crm-stack.ts', 'utf8'));
  const start = app.indexOf(shown[1] ?? '');
  expect(app).toContain(shown[0]);
  expect(app.slice(start, start + shown.length - 1)).toEqual(shown.slice(1));
});

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
