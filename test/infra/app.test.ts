import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'synth-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** Runs the app as the embedded stack does: without the CDK CLI. */
function runApp(context: Readonly<Record<string, unknown>>) {
  return spawnSync(process.execPath, ['--import', './check-node.mjs', 'infra/app.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, CDK_OUTDIR: join(directory, 'cdk.out'), CDK_CONTEXT_JSON: JSON.stringify(context) },
  });
}

describe('the app', () => {
  it('bundles each function as a module, with the mapping beside those that read records', () => {
    const run = runApp({ domainName: 'demo' });
    expect(run.status, run.stderr).toBe(0);

    const template = JSON.parse(readFileSync(join(directory, 'cdk.out/ProfileSync.template.json'), 'utf8'));
    const resources = Object.values<{ Type: string; Properties: { Code: { S3Key: string } } }>(template.Resources);
    const bundles = resources
      .filter(({ Type }) => Type === 'AWS::Lambda::Function')
      .map(({ Properties }) => join(directory, 'cdk.out', `asset.${Properties.Code.S3Key.replace(/\.zip$/, '')}`));

    expect(bundles).toHaveLength(6);
    const mappings = bundles.map((bundle) => join(bundle, 'mapping.json')).filter(existsSync);
    expect(mappings).toHaveLength(5);
    const mapping = readFileSync(join(ROOT, 'mappings/customer.json'), 'utf8');
    for (const file of mappings) expect(readFileSync(file, 'utf8')).toBe(mapping);
    for (const bundle of bundles) {
      const code = readFileSync(join(bundle, 'index.mjs'), 'utf8');
      expect(code).toMatch(/export\s*\{[^}]*\bhandler\b/);
      expect(code).toContain('//# sourceMappingURL=index.mjs.map');
      expect(existsSync(join(bundle, 'index.mjs.map'))).toBe(true);
      expect(importedPackages(code)).toEqual([]);
      // Of the SDK's own chain of credentials, which would be a seventh of a bundle and more.
      expect(code.includes('credential_process')).toBe(false);
    }
  });

  it.each([
    { what: 'a missing domain', context: {}, message: 'npx cdk synth -c domainName=demo' },
    {
      what: 'a missing mapping',
      context: { domainName: 'demo', mapping: 'mappings/none.json' },
      message: 'mappings/none.json',
    },
  ])('refuses $what in words, without a stack trace', ({ context, message }) => {
    const run = runApp(context);
    expect(run.status).toBe(1);
    expect(run.stderr).toContain(message);
    expect(run.stderr).not.toMatch(/^\s+at /m);
  });

  it('refuses a bad mapping with the path of the fault, without a stack trace', () => {
    const mapping = JSON.parse(readFileSync(join(ROOT, 'mappings/customer.json'), 'utf8'));
    mapping.fields[0].contentType = 'TELEPHONE';
    const file = join(directory, 'bad.json');
    writeFileSync(file, JSON.stringify(mapping));

    const run = runApp({ domainName: 'demo', mapping: file });
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/InvalidMapping: .*fields.*0.*contentType/s);
    expect(run.stderr).not.toMatch(/^\s+at /m);
  });
});

/** What a bundle would need beside itself at run time. */
function importedPackages(code: string): string[] {
  const imports = [...code.matchAll(/^import\b[^'"]*["']([^'"]+)["']/gm)].map(([, name]) => name ?? '');
  return imports.filter((name) => !name.startsWith('node:') && !process.getBuiltinModule(name));
}
