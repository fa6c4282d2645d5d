import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StackView } from '../../../cli/console/api.ts';
import { buildPage } from '../../../cli/console/page-files.ts';
import { commandLine } from '../../helpers/command-line.ts';
import { startTestStack, type TestStack } from '../../helpers/stack.ts';

/** What a browser loads, uncompressed. */
const MAX_BYTES = 300_000;

let test: TestStack;
let profileSync: ReturnType<typeof commandLine>;
beforeAll(async () => {
  test = await startTestStack({ quota: 100 });
  profileSync = commandLine(test);
});
afterAll(() => test.stop());

/** Calls a command that lasts, does something once it has printed its link, and presses Ctrl-C. */
async function during(args: readonly string[], work: (link: string) => Promise<void>) {
  const interrupt = new AbortController();
  let working: Promise<void> | undefined;
  const onOutput = (text: string) => {
    const link = /http:\/\/127\.0\.0\.1:\d+\/\?key=[\w-]+/.exec(text)?.[0];
    if (link !== undefined) working ??= work(link).finally(() => interrupt.abort());
  };
  const called = await profileSync(args, { signal: interrupt.signal, onOutput });
  await working;
  return called;
}

async function stackBehind(link: string): Promise<StackView> {
  const landed = await fetch(link, { redirect: 'manual' });
  const cookie = landed.headers.get('set-cookie')?.split(';')[0] ?? '';
  const answered = await fetch(new URL('/api/stack', link), { headers: { cookie } });
  return (await answered.json()) as StackView;
}

describe('the page', () => {
  it('is small: less than 300 KB in all', async () => {
    const page = await buildPage();
    const bytes = Object.values(page).reduce((sum, { content }) => sum + content.length, 0);
    expect(Object.keys(page)).toEqual(['/', '/main.js', '/style.css']);
    for (const [path, { content }] of Object.entries(page)) expect(content.length, path).toBeGreaterThan(100);
    expect(bytes).toBeLessThan(MAX_BYTES);
  });

  it('loads nothing from elsewhere, and has no script or style of its own in the HTML', async () => {
    const html = Buffer.from((await buildPage())['/']?.content ?? []).toString();
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
  });
});

describe('console', () => {
  it('serves the stack that the options name until Ctrl-C, which is how it is meant to end', async () => {
    let seen: StackView | undefined;
    let link = '';
    const { code, stdout } = await during(['console', '--port', '0'], async (printed) => {
      link = printed;
      seen = await stackBehind(printed);
      expect(readdirSync(join(test.folder, 'state-of-commands', 'console'))).toEqual([String(process.pid)]);
    });
    expect(code).toBe(0);
    expect(stdout).toContain('The link holds the key: give it to nobody.');
    expect(seen).toMatchObject({ name: 'ProfileSync', isEmbedded: false, region: test.stack.region });
    await expect(fetch(link)).rejects.toThrow();
    expect(readdirSync(join(test.folder, 'state-of-commands', 'console'))).toEqual([]);
  });

  it('prints its link as JSON for a program', async () => {
    const { json } = await during(['console', '--port', '0', '--json'], async () => {});
    expect(json()).toEqual({ console: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/\?key=/) });
  });
});

describe('start', () => {
  it('hosts the embedded stack with its console, and ends with both', async () => {
    let seen: StackView | undefined;
    const { code, stdout } = await during(['start', '--port', '0', '--quota', '40'], async (link) => {
      seen = await stackBehind(link);
    });
    expect(code).toBe(0);
    expect(seen).toMatchObject({ name: 'embedded stack', isEmbedded: true });
    expect(seen).not.toHaveProperty('region');
    expect(stdout).toMatch(/The embedded stack is at http:\S+\. Ctrl-C ends it/);
    expect(stdout).toContain('Closing the embedded stack …');
  });
});
