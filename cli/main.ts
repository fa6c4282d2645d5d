import { runCommandLine } from './command-line.ts';
import { buildProgram } from './program.ts';
import { EXIT } from './service-errors.ts';

/** What the embedded stack keeps, and where files of runs are fetched to. */
const STATE_DIRECTORY = '.local';

/** Runs one call of the program in this process. Returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  // A reader that goes away (`| head`) must not end the run half way.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const swallowed = swallowedByNpm(process.env);
  if (swallowed) {
    console.error(
      `npm took the option --${swallowed} for itself. Put -- before the options: npm run … -- FILE --${swallowed}`,
    );
    return EXIT.wrongCall;
  }
  const interrupted = new AbortController();
  process.on('SIGINT', () => {
    // A second Ctrl-C does not wait for what the first one began.
    if (interrupted.signal.aborted) process.exit(EXIT.interrupted);
    interrupted.abort();
  });
  const { stdout, stderr, env } = process;
  const surroundings = { stdout, stderr, env, stateDirectory: STATE_DIRECTORY, signal: interrupted.signal };
  const exitCode = await runCommandLine(args, surroundings, buildProgram);
  // What an interrupted command was at must not go on.
  if (interrupted.signal.aborted) process.exit(exitCode);
  return exitCode;
}

/** Options before `--` are npm's: it swallows them, and the command would run without. */
export function swallowedByNpm(env: NodeJS.ProcessEnv): string | undefined {
  if (env.npm_lifecycle_event === undefined || env.npm_lifecycle_event === 'npx') return undefined;
  const names = ['fresh', 'resync', 'json', 'mapping', 'quota', 'service_quota', 'rate', 'local', 'stack', 'region'];
  return names.find((name) => env[`npm_config_${name}`] !== undefined)?.replace('_', '-');
}
