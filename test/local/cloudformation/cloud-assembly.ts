import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface AssemblyInput {
  readonly Resources: Readonly<Record<string, object>>;
  readonly [section: string]: object;
}

/** A file asset: its folder with files and their text, or a file and its text. */
export type Assets = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/**
 * Writes a cdk.out folder as `cdk synth` does, for a stack named `Mini`. The asset `code` has the object key
 * `code.zip`; an asset that is a text has its name as object key.
 */
export function writeAssembly(template: AssemblyInput, assets: Assets = {}): string {
  const directory = mkdtempSync(join(tmpdir(), 'cdk.out-'));
  const files: Record<string, object> = {};
  for (const [name, content] of Object.entries(assets)) {
    const path = `asset.${name}`;
    if (typeof content === 'string') writeFileSync(join(directory, path), content);
    else {
      mkdirSync(join(directory, path));
      for (const [file, text] of Object.entries(content)) writeFileSync(join(directory, path, file), text);
    }
    const objectKey = typeof content === 'string' ? name : `${name}.zip`;
    const packaging = typeof content === 'string' ? 'file' : 'zip';
    files[name] = { source: { path, packaging }, destinations: { current: { bucketName: 'assets', objectKey } } };
  }
  const manifest = {
    version: '48.0.0',
    artifacts: {
      'Mini.assets': { type: 'cdk:asset-manifest', properties: { file: 'Mini.assets.json' } },
      Mini: { type: 'aws:cloudformation:stack', properties: { templateFile: 'Mini.template.json' } },
    },
  };
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(directory, 'Mini.assets.json'), JSON.stringify({ version: '48.0.0', files }));
  writeFileSync(join(directory, 'Mini.template.json'), JSON.stringify(template));
  return directory;
}
