import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Command } from 'commander';
import { vi } from 'vitest';
import { type CommandLine, runCommandLine } from '../../cli/command-line.ts';
import { buildProgram } from '../../cli/program.ts';
import type { EmbeddedStack } from '../../local/stack.ts';

/** What one call of the program printed, and its exit code. */
export interface Called {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The object of `--json`: the last line of standard output. */
  json<T = Record<string, unknown>>(): T;
}

export interface CallOptions {
  /** As Ctrl-C would abort it. */
  readonly signal?: AbortSignal;
  /** Hears standard output as it comes. */
  readonly onOutput?: (text: string) => void;
}

/**
 * Calls `profile-sync` in this process, on a stack as on AWS: found by its Region, the credentials of the environment and
 * the outputs that CloudFormation tells.
 *
 * @param build puts the commands together; the product's by default.
 */
export function commandLine(
  test: { readonly folder?: string; readonly stack: Pick<EmbeddedStack, 'url' | 'region' | 'credentials'> },
  build: (cli: CommandLine) => Command = buildProgram,
): (args: readonly string[], options?: CallOptions) => Promise<Called> {
  const { url, region, credentials } = test.stack;
  const folder = test.folder ?? mkdtempSync(join(tmpdir(), 'command-line-'));
  vi.stubEnv('AWS_ENDPOINT_URL', url);
  vi.stubEnv('AWS_REGION', region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
  return async (args, { signal = new AbortController().signal, onOutput = () => {} } = {}) => {
    const [stdout, stderr] = [captured(onOutput), captured()];
    const code = await runCommandLine(
      args,
      {
        stdout: stdout.stream,
        stderr: stderr.stream,
        env: process.env,
        stateDirectory: join(folder, 'state-of-commands'),
        signal,
      },
      build,
    );
    return {
      code,
      stdout: stdout.text(),
      stderr: stderr.text(),
      json: () => JSON.parse(stdout.text().trimEnd().split('\n').at(-1) ?? ''),
    };
  };
}

function captured(onOutput: (text: string) => void = () => {}) {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      onOutput(chunk.toString());
      done();
    },
  });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => Buffer.concat(chunks).toString() };
}
