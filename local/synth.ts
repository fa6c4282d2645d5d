import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { StackError } from './stack-error.ts';

/** The CDK app that makes a template. */
export interface App {
  /** Root of the project that it is in. */
  readonly project: string;
  /** The file there that is run; whatever lies beside it counts as part of the app. */
  readonly file: string;
}

/** The product's own. */
export const PRODUCT: App = { project: fileURLToPath(new URL('..', import.meta.url)), file: 'infra/app.ts' };

/** What a template is made from, besides the app, the context and the mapping that it names. */
const INPUTS = [
  'infra/**/*',
  'functions/**/*',
  'statemachine/*.json',
  'mappings/*.json',
  'cdk.json',
  'package-lock.json',
];

/** A template that nobody used for so long is deleted. */
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/** CDK context, as `-c name=value` has it. `mapping` is a path, relative to the working directory. */
export type Context = Readonly<Record<string, string>>;

/** Names the template that would be made now: the same key means the same template. */
export function synthKey(context: Context, { project, file: appFile }: App = PRODUCT): string {
  const hash = createHash('sha256').update(JSON.stringify([appFile, ...Object.entries(context).sort()]));
  for (const file of globSync([...INPUTS, `${dirname(appFile)}/**/*`], { cwd: project }).sort()) {
    const path = join(project, file);
    if (statSync(path).isFile()) hash.update(`\n${file}\n`).update(readFileSync(path));
  }
  if (context.mapping && existsSync(context.mapping)) hash.update(readFileSync(context.mapping));
  return hash.digest('hex').slice(0, 16);
}

/**
 * Synthesizes the template into `<directory>/<key>` unless it is there, and returns that folder. The app is run without
 * the CDK CLI, which would take longer and adds nothing here. Processes may do this at the same time.
 *
 * @throws StackError with what the app said
 */
export async function synthesize({
  directory,
  context,
  app = PRODUCT,
}: {
  readonly directory: string;
  readonly context: Context;
  readonly app?: App;
}): Promise<string> {
  const folder = resolve(directory, synthKey(context, app));
  if (!existsSync(folder)) await runApp(app, folder, context);
  const now = new Date();
  utimesSync(folder, now, now);
  prune(resolve(directory), now.getTime());
  return folder;
}

async function runApp({ project, file }: App, folder: string, context: Context): Promise<void> {
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    const { context: flags } = JSON.parse(readFileSync(join(project, 'cdk.json'), 'utf8'));
    const absolute = { ...flags, ...context, ...(context.mapping && { mapping: resolve(context.mapping) }) };
    const child = spawn(process.execPath, [file], {
      cwd: project,
      env: { ...process.env, CDK_OUTDIR: unfinished, CDK_CONTEXT_JSON: JSON.stringify(absolute) },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const exit = new Promise<number | null>((done, failed) => child.once('exit', done).once('error', failed));
    const said = await text(child.stderr);
    if ((await exit) !== 0) throw new StackError(`The template could not be synthesized:\n${said.trim()}`);
    moveInto(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function moveInto(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    // Another process was faster with the same template.
    if (!existsSync(to)) throw error;
  }
}

function prune(directory: string, now: number): void {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    const used = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now;
    if (now - used > KEPT_MS) rmSync(path, { recursive: true, force: true });
  }
}
