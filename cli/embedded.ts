import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { systemClock } from '../functions/shared/clock.ts';
import { ProfileSyncError } from '../functions/shared/errors.ts';
import { loadMapping } from '../functions/shared/mapping/load.ts';
import { DEFAULT_QUOTA_PER_SECOND, MIN_QUOTA_PER_SECOND } from '../functions/shared/rate-plan.ts';
import { openSession } from '../local/session.ts';
import { StackError } from '../local/stack-error.ts';
import { createClients } from './clients.ts';
import type { ConnectedStack, FollowOptions, RunResult, StackOutputs } from './follow-run.ts';
import { describeResult, resultAsJson } from './run-result.ts';
import { UserError } from './user-error.ts';

const STATE_FOLDER = '.local';
/** The domain that the embedded Customer Profiles makes; on AWS it is your own. */
const LOCAL_DOMAIN = 'local';
const EXIT = { succeeded: 0, wrongCall: 1, failed: 2 } as const;

export interface EmbeddedOptions {
  readonly mapping: string;
  readonly quota: number;
  readonly serviceQuota?: number;
  readonly fresh?: boolean;
  readonly json?: boolean;
}

const RUN_EXIT_CODES = '0 the run succeeded, 1 wrong call, 2 the run failed';

/** The options of every command that runs something on the embedded stack. */
export function withEmbeddedOptions(command: Command, exitCodes = RUN_EXIT_CODES): Command {
  return command
    .option('--mapping <file>', 'how columns become a profile', 'mappings/customer.json')
    .option(
      '--quota <n>',
      'calls per second, of the rate plan and of the embedded service',
      callsPerSecond,
      DEFAULT_QUOTA_PER_SECOND,
    )
    .option('--service-quota <n>', 'calls per second that the embedded service accepts', callsPerSecond)
    .option('--json', 'print the summary as one JSON object on the last line of standard output')
    .addHelpText('after', `\nExit codes: ${exitCodes}.`)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.succeeded : EXIT.wrongCall));
}

function callsPerSecond(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < MIN_QUOTA_PER_SECOND) {
    throw new InvalidArgumentError(`It must be a whole number, ${MIN_QUOTA_PER_SECOND} or more.`);
  }
  return value;
}

/** What a command ends with: for a person, for a program, and as its exit code. */
export interface CommandResult {
  readonly text: string;
  /** One JSON object, for `--json`. */
  readonly json: string;
  readonly succeeded: boolean;
}

/** Hosts or joins the embedded stack, follows one run on it, and prints its result. */
export function runOnEmbeddedStack(
  options: EmbeddedOptions,
  run: (follow: FollowOptions) => Promise<RunResult>,
): Promise<void> {
  return onEmbeddedStack(options, async (connected) => {
    const result = await run({ ...connected, quota: options.quota, runsFolder: join(STATE_FOLDER, 'runs') });
    return { text: describeResult(result), json: resultAsJson(result), succeeded: result.status === 'SUCCEEDED' };
  });
}

/** Hosts or joins the embedded stack, does this work on it, and prints what comes of it. */
export async function onEmbeddedStack(
  options: EmbeddedOptions,
  work: (connected: ConnectedStack) => Promise<CommandResult>,
): Promise<void> {
  loadMapping(options.mapping);
  // With --json, standard output is for the summary alone.
  const stream = options.json ? process.stderr : process.stdout;
  const interrupted = new AbortController();
  process.on('SIGINT', () => interrupted.abort());

  stream.write('Starting the embedded stack …\n');
  const session = await openSession({
    stateDirectory: STATE_FOLDER,
    context: {
      domainName: LOCAL_DOMAIN,
      // So that it has its dead-letter queue.
      createDomain: 'true',
      defaultExpirationDays: '366',
      mapping: options.mapping,
      quota: String(options.quota),
    },
    settings: { putRatePerSecond: options.serviceQuota ?? options.quota },
    fresh: options.fresh ?? false,
  });
  const clients = createClients({ endpoint: session.url, region: session.region, credentials: session.credentials });
  try {
    const { text, json, succeeded } = await work({
      clients,
      outputs: session.outputs as unknown as StackOutputs,
      clock: systemClock,
      stream,
      signal: interrupted.signal,
    });
    stream.write(`${text}\n`);
    if (options.json) process.stdout.write(`${json}\n`);
    process.exitCode = succeeded ? EXIT.succeeded : EXIT.failed;
  } finally {
    clients.destroy();
    await session.close();
  }
}

/** Options before `--` are npm's: it swallows them and the command would run without. */
function refuseSwallowedOptions(): void {
  const swallowed = ['fresh', 'resync', 'json', 'mapping', 'quota', 'service_quota', 'rate'].find(
    (name) => process.env[`npm_config_${name}`] !== undefined,
  );
  if (swallowed) {
    throw new UserError(
      `npm took the option --${swallowed.replace('_', '-')} for itself. Put -- before the options: npm run … -- FILE --${swallowed.replace('_', '-')}`,
    );
  }
}

/** Parses the command line and runs the command; mistakes of the user are told without a stack trace. */
export function main(command: Command): void {
  // A reader that goes away (`| head`) must not end the run half way.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const run = async () => {
    refuseSwallowedOptions();
    await command.parseAsync();
  };
  run().catch((error: Error) => {
    const expected = [UserError, ProfileSyncError, StackError].some((known) => error instanceof known);
    console.error(expected ? error.message : error);
    process.exitCode = EXIT.wrongCall;
  });
}
