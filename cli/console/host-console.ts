import { join } from 'node:path';
import type { Command } from 'commander';
import { type CommandLine, type CommandResult, wholeNumber } from '../command-line.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { openInBrowser } from '../output/open-in-browser.ts';
import { DEFAULT_PORT, startConsole } from './console-server.ts';
import { buildPage } from './page-files.ts';
import { createRecall } from './recall.ts';
import { ownFolder } from './upload-folder.ts';

const MAX_PORT = 65_535;

export interface ConsoleOptions {
  readonly json?: boolean;
  readonly port: number;
  readonly open?: boolean;
}

export function withConsoleOptions(command: Command): Command {
  return command
    .option(
      '--port <n>',
      'of the console; another one if it is taken',
      wholeNumber({ min: 0, max: MAX_PORT }),
      DEFAULT_PORT,
    )
    .option('--open', 'open the console in the browser');
}

/**
 * Serves the console of a stack until Ctrl-C.
 *
 * @param describe what is printed once it is there.
 * @throws UserError if the mapping at hand is not the deployed one.
 */
export async function hostConsole(
  cli: Pick<CommandLine, 'print' | 'stateDirectory'>,
  stack: ConnectedStack,
  options: ConsoleOptions,
  describe: (link: string) => CommandResult,
): Promise<void> {
  const { signal, clock } = stack;
  // Rejected rows and customers are read with it: better to say so at once.
  stack.mapping();
  const page = await buildPage();
  const folder = await ownFolder(join(cli.stateDirectory, 'console'));
  try {
    const host = { stack, recall: createRecall(clock), folder: folder.path };
    const server = await startConsole(host, page, options.port);
    cli.print(options, describe(server.link));
    if (options.open) await openInBrowser(server.linkOnce());
    await interrupted(signal);
    await server.close();
  } finally {
    await folder.remove();
  }
}

function interrupted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
