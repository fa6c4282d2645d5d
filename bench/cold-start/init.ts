import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { FunctionModel } from '../../local/cloudformation/model.ts';
import { reservedVariables } from '../../local/lambda/variables.ts';

const IMPORT = fileURLToPath(new URL('import-handler.mjs', import.meta.url));
/** Nothing listens there: an init that calls a service would fail. */
const NOWHERE = 'http://127.0.0.1:1';

/** Milliseconds of one init, from the start of the process until it could take its first event. */
export interface Init {
  readonly wall: number;
  /** Of all threads. */
  readonly cpu: number;
}

/** What an execution environment imports its handler from. */
export type Code = Pick<FunctionModel, 'name' | 'codeDirectory' | 'handler' | 'memoryMb' | 'logGroup' | 'environment'>;

/** One cold start: a process of its own, with the variables that Lambda would give it. */
export async function initOf(code: Code): Promise<Init> {
  const reserved = reservedVariables({
    ...code,
    logStream: 'bench',
    accessKeyId: 'bench',
    temporaryDirectory: tmpdir(),
    endpointUrl: NOWHERE,
  });
  const child = spawn(process.execPath, [IMPORT], {
    cwd: code.codeDirectory,
    env: { ...code.environment, ...reserved },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const said = await text(child.stdout);
  const [status] = await exit;
  if (status !== 0) throw new Error(`${code.name} could not be imported.`);
  return JSON.parse(said);
}
