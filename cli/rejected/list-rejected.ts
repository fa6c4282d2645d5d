import type { Writable } from 'node:stream';
import { shellWord } from '../../functions/shared/shell-word.ts';
import type { CommandResult } from '../command-line.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { counted } from '../output/words.ts';
import { findRun } from '../runs/find-run.ts';
import { describeRejected, NOTHING } from './describe-rejected.ts';
import { saveRejectedFile, writeRejectedFile } from './rejected-file.ts';
import { findRejectedRows } from './rejected-rows.ts';
import { type RowChoice, selectRows } from './select-rows.ts';

/** @throws UserError if there is no such run. */
export async function listRejected(stack: ConnectedStack, run: string, choice: RowChoice): Promise<CommandResult> {
  const { runId, rejected } = await find(stack, run);
  return describeRejected(runId, rejected, await selectRows(rejected, stack.mapping(), choice), choice, stack.call);
}

/** Writes the rejected file; what else there is to say goes to the stack's stream. */
export async function printRejected(
  stack: ConnectedStack,
  run: string,
  code: string | undefined,
  to: Writable,
): Promise<CommandResult> {
  const { runId, rejected } = await find(stack, run);
  if (rejected.type === undefined) stack.stream.write(`Run ${runId} ${NOTHING[rejected.extent]}\n`);
  else if (rejected.extent === 'so far') stack.stream.write(`${SO_FAR}\n`);
  await writeRejectedFile(rejected, stack.mapping(), code, to);
  return { text: '', json: {} };
}

/** @throws UserError if the file is there already. */
export async function saveRejected(
  stack: ConnectedStack,
  run: string,
  code: string | undefined,
  path: string,
): Promise<CommandResult> {
  const { runId, rejected } = await find(stack, run);
  const mapping = stack.mapping();
  const { rejected: rows, byCode } = await selectRows(rejected, mapping, { code, limit: 0 });
  const json = { runId, isComplete: rejected.extent === 'all', rejected: rows, byCode };
  if (rows === 0) return { text: `Run ${runId} ${NOTHING[rejected.extent]}`, json: { ...json, file: null } };
  await saveRejectedFile(rejected, mapping, code, path);
  const saved = code === undefined ? rows : (byCode[code] ?? 0);
  return {
    text: [
      `${counted(saved, 'rejected row')} of run ${runId} in ${path}.${rejected.extent === 'so far' ? ` ${SO_FAR}` : ''}`,
      `Correct them there, and leave the first four columns as they are. Then: ${stack.call(`resubmit ${shellWord(path)} --of ${runId}`)}`,
    ].join('\n'),
    json: { ...json, file: path },
  };
}

const SO_FAR = 'These are the rows so far: the run is at work, or it failed.';

async function find(stack: ConnectedStack, run: string) {
  const { runId } = await findRun(stack, run);
  return { runId, rejected: await findRejectedRows(stack, runId) };
}
