import { Command } from 'commander';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CommandLine, type CommandResult, newCommand, wholeNumber } from '../../cli/command-line.ts';
import { type ConnectedStack, checkedOutputs } from '../../cli/connect/connected-stack.ts';
import type { StackOptions } from '../../cli/connect/stack-options.ts';
import { swallowedByNpm } from '../../cli/main.ts';
import { buildProgram } from '../../cli/program.ts';
import { endingOf } from '../../cli/service-errors.ts';
import { UserError } from '../../cli/user-error.ts';
import { InvalidExport } from '../../functions/shared/errors.ts';
import { StackError } from '../../local/stack-error.ts';
import { commandLine } from '../helpers/command-line.ts';
import { smallMappingFile } from '../helpers/small-export.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';

let test: TestStack;
const mapping = smallMappingFile();
beforeAll(async () => {
  test = await startTestStack({ quota: 100, mapping });
});
afterAll(() => test.stop());
beforeEach(() => {
  vi.unstubAllEnvs();
});

/** A command that does `work` on the stack, called with these arguments behind its name. */
function calling(work: (stack: ConnectedStack) => Promise<CommandResult>) {
  const build = (cli: CommandLine) =>
    new Command('profile-sync').addCommand(
      newCommand({ name: 'probe', does: 'Looks. Closely.', examples: [['probe', 'looks']], exitCodes: { 2: 'bad' } })
        .option('--n <n>', 'a number', wholeNumber({ min: 1, max: 9 }))
        .option('--quota <n>', 'of the embedded stack', Number)
        .action((options: StackOptions) => cli.onStack(options, work)),
    );
  const call = commandLine(test, build);
  return (...args: string[]) => call(['probe', ...args]);
}

const outputs = async (stack: ConnectedStack): Promise<CommandResult> => ({ text: 'found', json: stack.outputs });
const nothing = async (): Promise<CommandResult> => ({ text: '', json: {} });

describe('a command', () => {
  it('finds what it needs by the outputs of the stack, where a Region is configured', async () => {
    const { code, stderr, stdout, json } = await calling(outputs)('--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'found\n' });
    expect(stdout.split('\n')).toHaveLength(2);
    expect(json()).toEqual(test.stack.outputs);
  });

  it('prints text without --json, and a bad end has exit code 2', async () => {
    const bad = calling(async () => ({ text: 'It failed.', json: {}, failed: true }));
    expect(await bad()).toMatchObject({ code: 2, stdout: 'It failed.\n', stderr: '' });
  });

  it('says how to call the next command on the same stack', async () => {
    const next = calling(async (stack) => ({ text: stack.call('watch 91f'), json: {} }));
    expect((await next()).stdout).toBe('npx profile-sync watch 91f\n');
    const named = await next('--region', 'us-east-1', '--stack', 'ProfileSync');
    expect(named.stdout).toBe('npx profile-sync watch 91f --stack ProfileSync --region us-east-1\n');
  });

  it.each([
    [['--stack', 'Nobody'], 'There is no stack Nobody in us-east-1'],
    [['--local', '--stack', 'ProfileSync'], '--local is the embedded stack'],
    [['--local', '--region', 'us-east-1', '--profile', 'p'], '--region, --profile'],
    [['--quota', '40'], '--quota is for the embedded stack: add --local'],
    [['--n', '10'], 'It must be a whole number from 1 to 9.'],
    [['--n', ''], 'It must be a whole number from 1 to 9.'],
    [['--colour'], "unknown option '--colour'"],
    [['more'], 'too many arguments'],
    [['--stack', '--local'], 'It needs a value of its own.'],
  ])('ends with 1 and words for the wrong call %j, and shows where help is', async (args, words) => {
    const { code, stderr } = await calling(nothing)(...args);
    expect(code).toBe(1);
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('names the missing Region if something of AWS is asked for', async () => {
    const probe = calling(nothing);
    vi.stubEnv('AWS_REGION', undefined);
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
    expect(await probe('--stack', 'ProfileSync')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('No AWS Region is configured'),
    });
  });

  it('works on the embedded stack where no Region is configured, and says so', async () => {
    const probe = calling(async (stack) => ({ text: stack.call('runs'), json: { domain: stack.outputs.DomainName } }));
    vi.stubEnv('AWS_REGION', undefined);
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
    const { stderr, json } = await probe('--json', '--mapping', mapping);
    expect(stderr).toContain('No AWS Region is configured: working on the embedded stack');
    expect(stderr).toContain('npx profile-sync runs --local');
    expect(json()).toEqual({ domain: 'local' });
    const again = await probe('--local', '--json');
    expect(again.stderr).not.toContain('No AWS Region');
  });

  it('takes the mapping only if it is the deployed one', async () => {
    const columns = calling(async (stack) => ({ text: stack.mapping().columns.join(), json: {} }));
    expect(await columns('--mapping', mapping)).toMatchObject({ code: 0, stdout: 'id,name\n' });
    const other = await columns('--mapping', 'mappings/customer.json');
    expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('is not the deployed one') });
    expect(await columns('--mapping', 'nowhere.json')).toMatchObject({ code: 1 });
  });

  it('ends with 130 when it is interrupted, without waiting for its work', async () => {
    const interrupted = new AbortController();
    const work = async () => {
      interrupted.abort();
      return new Promise<CommandResult>(() => {});
    };
    const build = (cli: CommandLine) =>
      new Command().addCommand(
        newCommand({ name: 'probe', does: 'Waits.', examples: [] }).action((options: StackOptions) =>
          cli.onStack(options, work),
        ),
      );
    expect(await commandLine(test, build)(['probe'], { signal: interrupted.signal })).toMatchObject({ code: 130 });
  });

  it('begins nothing if it is interrupted while it connects', async () => {
    let isBegun = false;
    const work = async () => {
      isBegun = true;
      return { text: '', json: {} };
    };
    const build = (cli: CommandLine) =>
      new Command().addCommand(
        newCommand({ name: 'probe', does: 'Writes.', examples: [] }).action((options: StackOptions) =>
          cli.onStack(options, work, { endsItself: true }),
        ),
      );
    expect(await commandLine(test, build)(['probe'], { signal: AbortSignal.abort() })).toMatchObject({ code: 130 });
    expect(isBegun).toBe(false);
  });

  it('has examples and exit codes in its help', async () => {
    const { code, stdout } = await calling(nothing)('--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/Examples:\n {2}npx profile-sync probe {2}looks\n/);
    expect(stdout).toMatch(/ 2 {4}bad\n/);
  });
});

describe('what a service says no to', () => {
  it('has exit code 3, names what was refused and who can allow it', async () => {
    const probe = calling(nothing);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'fn-profile-sync-SplitExport');
    const { code, stderr } = await probe();
    expect(code).toBe(3);
    expect(stderr).toContain('cloudformation:DescribeStacks');
    expect(stderr).toContain('grantOperate');
  });

  it('has exit code 3 if it can not be reached', async () => {
    const probe = calling(nothing);
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:9');
    vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
    const { code, stderr } = await probe();
    expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining("can't be reached") });
  });

  it.each(['ExpiredTokenException', 'UnrecognizedClientException'])('%s: says to log in again', (name) => {
    const error = Object.assign(new Error('secret'), { name });
    expect(endingOf(error, {})).toEqual({ exitCode: 3, message: expect.stringMatching(/^AWS does not take these/) });
  });

  it('has no credentials to ask with: names the profile that has none', () => {
    const error = Object.assign(new Error('secret'), { name: 'CredentialsProviderError' });
    expect(endingOf(error, { AWS_PROFILE: 'night' }).message).toMatch(
      /^No AWS credentials of the profile night were found/,
    );
  });

  it('is asked at no address: names the setting', async () => {
    const probe = calling(nothing);
    vi.stubEnv('AWS_ENDPOINT_URL', 'nonsense');
    expect(await probe()).toMatchObject({ code: 3, stderr: expect.stringContaining('AWS_ENDPOINT_URL') });
  });

  it.each(['ThrottlingException', 'SlowDown', 'InternalServerError'])('%s: says to call again', (name) => {
    const error = Object.assign(new Error(''), { name });
    expect(endingOf(error, {})).toEqual({ exitCode: 3, message: expect.stringContaining('Call again in a moment') });
  });

  it('is no error that is known: neither its text nor where it was thrown is printed, unless somebody asks', () => {
    const error = new TypeError('Ann Smith is not iterable');
    expect(endingOf(error, {}).message).not.toContain('Ann');
    expect(endingOf(error, {}).message).toContain('PROFILE_SYNC_DEBUG=1');
    expect(endingOf(error, { PROFILE_SYNC_DEBUG: '1' }).message).toContain('command-line.test.ts');
  });

  it.each([new UserError('Do this.'), new InvalidExport('Row 3 …'), new StackError('Wait.')])(
    'is the mistake of a user: %s is printed as it is',
    (error) => {
      expect(endingOf(error, {})).toEqual({ exitCode: 1, message: error.message });
    },
  );
});

it('a stack without the outputs is not of this system', () => {
  expect(() => checkedOutputs({ ...test.stack.outputs, Quota: undefined as never }, 'Web')).toThrow(
    'The stack Web has no output Quota.',
  );
});

describe('an option that npm swallowed', () => {
  const program = buildProgram({} as CommandLine);

  it.each([
    ['--service-quota', { npm_config_service_quota: '5' }],
    ['--as-of', { npm_config_as_of: 'true' }],
    ['--dry-run', { npm_config_dry_run: 'true' }],
    ['--yes', { npm_config_yes: 'true' }],
    ['--no-follow', { npm_config_follow: '' }],
    ['--whole-profile', { npm_config_whole_profile: 'true' }],
  ])('is named: %s', (option, env) => {
    expect(swallowedByNpm({ npm_lifecycle_event: 'redrive', ...env }, program)).toBe(option);
    expect(swallowedByNpm({ npm_lifecycle_event: 'npx', ...env }, program)).toBeUndefined();
    expect(swallowedByNpm(env, program)).toBeUndefined();
  });

  it('is none that npm has by itself, or by its configuration', () => {
    const own = { npm_config_global_prefix: '/usr', npm_config_cache: '/c', npm_config_user_agent: 'npm/11' };
    const off = { npm_config_yes: '', npm_config_dry_run: '' };
    expect(swallowedByNpm({ npm_lifecycle_event: 'redrive', ...own, ...off }, program)).toBeUndefined();
  });
});
