import type { Command } from 'commander';
import { runCommandLine } from './command-line.ts';
import { buildProgram } from './program.ts';
import { EXIT } from './service-errors.ts';

/** What the embedded stack keeps, and where files of runs are fetched to. */
const STATE_DIRECTORY = '.local';

/** Runs one call of the program in this process. Returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  // A reader that goes away (`| head`) must not end the run half way.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const interrupted = new AbortController();
  process.on('SIGINT', () => {
    // A second Ctrl-C does not wait for what the first one began.
    if (interrupted.signal.aborted) process.exit(EXIT.interrupted);
    interrupted.abort();
  });
  const { stdout, stderr, env } = process;
  const surroundings = { stdout, stderr, env, stateDirectory: STATE_DIRECTORY, signal: interrupted.signal };
  // Only its options are looked at.
  const swallowed = swallowedByNpm(env, buildProgram({ ...surroundings, onStack: async () => {}, print() {} }));
  if (swallowed) {
    stderr.write(
      `npm took the option ${swallowed} for itself. Put -- before the options: npm run … -- … ${swallowed}\n`,
    );
    return EXIT.wrongCall;
  }
  const exitCode = await runCommandLine(args, surroundings, buildProgram);
  // What an interrupted command was at must not go on.
  if (interrupted.signal.aborted) process.exit(exitCode);
  return exitCode;
}

/**
 * Options before `--` are npm's: it swallows them, and the command would run without, so that one that was to be tried is
 * done. A flag that is off, as npm's own `yes` may be by its configuration, is the empty text.
 *
 * @returns the first of them.
 */
export function swallowedByNpm(env: NodeJS.ProcessEnv, program: Command): string | undefined {
  if (env.npm_lifecycle_event === undefined || env.npm_lifecycle_event === 'npx') return undefined;
  const options = program.commands.flatMap((command) => [command, ...command.commands]).flatMap((one) => one.options);
  const swallowed = options.find((option) => {
    const value = env[`npm_config_${option.name().replace(/^no-/, '').replaceAll('-', '_')}`];
    return value !== undefined && (value === '') === option.negate;
  });
  return swallowed?.long;
}
