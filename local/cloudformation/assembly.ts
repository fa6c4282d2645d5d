import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StackError } from '../stack-error.ts';

/** Something in cdk.out that the embedded stack does not have; the message names resource, type and property. */
export class UnsupportedTemplate extends StackError {
  override readonly name = 'UnsupportedTemplate';
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Condition?: string;
}

export interface Template {
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: unknown }>>;
  readonly Mappings?: Readonly<Record<string, unknown>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown; readonly Condition?: string }>>;
}

/** One stack of a cloud assembly, as `cdk synth` wrote it. */
export interface Assembly {
  readonly stackName: string;
  readonly template: Template;
  /** The file or folder in cdk.out that `cdk deploy` would upload under this object key. */
  assetPath(objectKey: string): string;
}

interface Manifest {
  readonly artifacts: Readonly<
    Record<
      string,
      { readonly type: string; readonly properties?: { readonly templateFile?: string; readonly stackName?: string } }
    >
  >;
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path: string };
        readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
      }
    >
  >;
}

/** Sections of a template that are understood; Rules and Metadata have no effect on what is built. */
const SECTIONS: readonly string[] = [
  'AWSTemplateFormatVersion',
  'Description',
  'Parameters',
  'Mappings',
  'Conditions',
  'Resources',
  'Outputs',
  'Rules',
  'Metadata',
];

/**
 * Reads a cdk.out folder that holds exactly one stack.
 *
 * @throws UnsupportedTemplate
 */
export function loadAssembly(cdkOut: string): Assembly {
  const directory = resolve(cdkOut);
  const { artifacts } = readJson<Manifest>(join(directory, 'manifest.json'));
  const stacks = Object.entries(artifacts).filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack');
  const [stack, ...others] = stacks;
  if (!stack || others.length > 0) {
    throw new UnsupportedTemplate(`The embedded stack is built from one stack; ${directory} holds ${stacks.length}.`);
  }
  const [artifactId, { properties }] = stack;
  const template = readJson<Template>(join(directory, properties?.templateFile ?? `${artifactId}.template.json`));
  const unknown = Object.keys(template).find((section) => !SECTIONS.includes(section));
  if (unknown) throw new UnsupportedTemplate(`The embedded stack does not support the template section '${unknown}'.`);

  const paths = assetPaths(directory, artifactId);
  return {
    stackName: properties?.stackName ?? artifactId,
    template,
    assetPath(objectKey) {
      const path = paths.get(objectKey);
      if (!path)
        throw new UnsupportedTemplate(
          `The cloud assembly ${directory} has no asset for the object key '${objectKey}'.`,
        );
      return path;
    },
  };
}

function assetPaths(directory: string, artifactId: string): ReadonlyMap<string, string> {
  const file = join(directory, `${artifactId}.assets.json`);
  const { files = {} } = existsSync(file) ? readJson<AssetManifest>(file) : {};
  return new Map(
    Object.values(files).flatMap(({ source, destinations }) =>
      Object.values(destinations).map(({ objectKey }) => [objectKey, join(directory, source.path)] as const),
    ),
  );
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
