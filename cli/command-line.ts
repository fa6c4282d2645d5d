import { join } from 'node:path';
import { styleText } from 'node:util';
import { Command, CommanderError, InvalidArgumentError, type Option } from 'commander';
import { systemClock } from '../functions/shared/clock.ts';
import { shellWord } from '../functions/shared/shell-word.ts';
import { type Connected, configuredRegion, connectToAws, deployedMapping } from './connect/aws.ts';
import { type ConnectedStack, ratesOf } from './connect/connected-stack.ts';
import { connectToEmbedded } from './connect/embedded.ts';
import {
  DEFAULT_MAPPING,
  HOST_OPTIONS,
  type HostOptions,
  type StackOptions,
  withStackOptions,
} from './connect/stack-options.ts';
import { printable } from './output/printable.ts';
import { shortRun } from './output/words.ts';
import { EXIT, endingOf } from './service-errors.ts';
import { UserError } from './user-error.ts';

export const PROGRAM = 'npx profile-sync';

/** What a command ends with: for a person, for a program, and as its exit code. */
export interface CommandResult {
  /** Nothing is printed if it is empty. */
  readonly text: string;
  /** For `--json`. */
  readonly json: object;
  /** What was asked for ended badly: exit code 2. */
  readonly failed?: boolean;
}

/** Where a command line works. */
export interface Surroundings {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
  /** Of the embedded stack and of files that are fetched. */
  readonly stateDirectory: string;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** What the commands have in common: a stack, a terminal, and an exit code. */
export interface CommandLine extends Surroundings {
  /** Connects to the stack that the options name, does the work and prints its result. */
  onStack(
    options: StackOptions & HostOptions,
    work: (stack: ConnectedStack) => Promise<CommandResult | undefined>,
    how?: {
      /** Options of the embedded stack that the user did not give are the defaults, as in a deployment. */
      readonly deploys?: boolean;
      /** Ctrl-C is the work's own business: it ends by itself. So must all work that writes, or it would go on unseen. */
      readonly endsItself?: boolean;
      /** Ctrl-C is how it is meant to end. */
      readonly lastsUntilInterrupt?: boolean;
      /** Standard output is for the work alone: progress and notes go to standard error. */
      readonly writesItself?: boolean;
    },
  ): Promise<void>;
  /** For commands that need no stack. */
  print(options: { readonly json?: boolean }, result: CommandResult): void;
}

/**
 * A command with its examples and exit codes in its help.
 *
 * @param definition.examples what stands behind the program's name, and what it does.
 */
export function newCommand(definition: {
  readonly name: string;
  readonly does: string;
  readonly examples: readonly (readonly [call: string, does: string])[];
  /** Beside 0, 1, 3 and 130, which mean the same everywhere. */
  readonly exitCodes?: Readonly<Record<number, string>>;
  readonly needsStack?: boolean;
}): Command {
  const { name, does, examples, exitCodes = {}, needsStack = true } = definition;
  const command = new Command(name).description(does).summary(does.split('. ')[0]?.replace(/\.$/, '') ?? does);
  command.option('--json', 'print the result as one JSON object on the last line of standard output');
  if (needsStack) withStackOptions(command);
  const codes = {
    [EXIT.done]: 'done',
    [EXIT.wrongCall]: 'wrong call: nothing was done',
    ...exitCodes,
    ...(needsStack && { [EXIT.noService]: 'the service refused or could not be reached' }),
    [EXIT.interrupted]: 'interrupted',
  };
  const widest = Math.max(...examples.map(([call]) => call.length));
  return command.addHelpText(
    'after',
    [
      '\nExamples:',
      ...examples.map(([call, what]) => `  ${PROGRAM} ${call.padEnd(widest)}  ${what}`),
      '\nExit codes:',
      ...Object.entries(codes).map(([code, meaning]) => `  ${code.padEnd(3)}  ${meaning}`),
    ].join('\n'),
  );
}

/** For the value of an option. */
export function wholeNumber({ min, max }: { readonly min: number; readonly max: number }): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/**
 * Parses and runs one call of the program.
 *
 * @param build puts the commands together.
 * @returns the exit code.
 */
export async function runCommandLine(
  args: readonly string[],
  surroundings: Surroundings,
  build: (cli: CommandLine) => Command,
): Promise<number> {
  const { stdout, stderr, env, signal } = surroundings;
  let exitCode: number = EXIT.done;

  function print({ json: wantsJson }: { readonly json?: boolean }, { text, json, failed }: CommandResult): void {
    // With --json, standard output is for the object alone.
    if (text !== '') (wantsJson ? stderr : stdout).write(`${printable(text)}\n`);
    if (wantsJson) stdout.write(`${JSON.stringify(json)}\n`);
    if (failed) exitCode = EXIT.badEnd;
  }

  const cli: CommandLine = {
    ...surroundings,
    print,
    async onStack(
      options,
      work,
      { deploys = false, endsItself = false, lastsUntilInterrupt = false, writesItself = false } = {},
    ) {
      const stream = options.json || writesItself ? stderr : stdout;
      const connected = await connect(options, { ...surroundings, deploys });
      try {
        // It was interrupted while it connected: nothing is begun.
        if (signal.aborted) {
          exitCode = EXIT.interrupted;
          return;
        }
        const working = work(connectedStack(connected, options, { ...surroundings, stream }));
        // What fails after an interrupt has nobody left to hear it.
        working.catch(() => {});
        const result = await (endsItself || lastsUntilInterrupt
          ? working
          : Promise.race([working, interrupted(signal)]));
        if (result) print(options, result);
        if (signal.aborted && !lastsUntilInterrupt) exitCode = EXIT.interrupted;
      } finally {
        await connected.close();
      }
    },
  };

  const program = build(cli);
  for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) {
    command
      .exitOverride()
      .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
      .showHelpAfterError(`See ${helpOf(command)} for what it takes.`);
    for (const option of command.options) refuseOptionsAsValues(option);
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has said it itself.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongCall;
    // Ctrl-C needs no words.
    if (signal.aborted && error instanceof Error && error.name === 'AbortError') return EXIT.interrupted;
    const { message, exitCode: code } = endingOf(error, env);
    stderr.write(`${styleText('red', printable(message), { stream: stderr })}\n`);
    return signal.aborted ? EXIT.interrupted : code;
  }
}

/** [`--out --local` would write a file of that name, and the command would work on AWS] */
function refuseOptionsAsValues(option: Option): void {
  if (!option.required) return;
  const parse = option.parseArg;
  option.argParser((value: string, previous: unknown) => {
    if (value.startsWith('--')) throw new InvalidArgumentError('It needs a value of its own.');
    return parse ? parse(value, previous) : value;
  });
}

function helpOf(command: Command): string {
  const names: string[] = [];
  for (let one: Command | null = command; one?.parent; one = one.parent) names.unshift(one.name());
  return [PROGRAM, ...names, '--help'].join(' ');
}

async function connect(
  options: StackOptions & HostOptions,
  { stderr, stateDirectory, deploys }: Surroundings & { readonly deploys: boolean },
): Promise<Connected> {
  const ofAws = (['stack', 'region', 'profile'] as const).filter((name) => options[name] !== undefined);
  if (options.local && ofAws.length > 0) {
    throw new UserError(`--local is the embedded stack, --${ofAws.join(', --')} one on AWS. Leave one of them out.`);
  }
  const region = options.local ? undefined : await configuredRegion(options);
  if (region) {
    const ofEmbedded = Object.entries(HOST_OPTIONS).flatMap(([name, typed]) =>
      options[name as keyof HostOptions] === undefined ? [] : [typed],
    );
    if (ofEmbedded.length > 0) {
      throw new UserError(
        `${ofEmbedded.join(', ')} is for the embedded stack: add --local. On AWS, ${PROGRAM} rate set changes the rate.`,
      );
    }
    return connectToAws(options, region);
  }
  if (ofAws.length > 0) {
    throw new UserError('No AWS Region is configured. Give it with --region, or set AWS_REGION.');
  }
  if (!options.local) stderr.write('No AWS Region is configured: working on the embedded stack, as --local says.\n');
  return connectToEmbedded(options, { stateDirectory, deploys, stream: stderr });
}

function connectedStack(
  connected: Connected,
  options: StackOptions,
  { stream, stateDirectory, signal }: Surroundings & { readonly stream: NodeJS.WriteStream },
): ConnectedStack {
  const { clients, outputs, endsWithCommand, embeddedAt } = connected;
  const named = (['stack', 'region', 'profile'] as const).flatMap((name) =>
    options[name] === undefined ? [] : [`--${name} ${shellWord(options[name])}`],
  );
  const mapping = options.mapping === undefined ? [] : [`--mapping ${shellWord(options.mapping)}`];
  const suffix = embeddedAt !== undefined ? ['--local'] : [...named, ...mapping];
  // There it deploys: without a word about it, the default mapping.
  const kept = connected.mapping ?? DEFAULT_MAPPING;
  const suffixOfSync = kept === DEFAULT_MAPPING ? [] : [`--mapping ${shellWord(kept)}`];
  return {
    clients,
    outputs,
    clock: systemClock,
    stream,
    signal,
    ...ratesOf(outputs),
    runsFolder: join(stateDirectory, 'runs'),
    endsWithCommand,
    ...(options.stack !== undefined && { stackName: options.stack }),
    ...(embeddedAt !== undefined && { embeddedAt }),
    mapping: () => deployedMapping(options.mapping ?? connected.mapping ?? DEFAULT_MAPPING, outputs),
    call: (command) =>
      [
        ...[PROGRAM, ...command.split(' ').map(shortRun), ...suffix],
        ...(command.startsWith('sync ') ? suffixOfSync : []),
      ].join(' '),
  };
}

function interrupted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
