import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../local/states/json.ts';

/** A function that a case needs. */
export type LambdaKind =
  | { readonly kind: 'echo' }
  | { readonly kind: 'return'; readonly value: Json }
  | { readonly kind: 'raise'; readonly errorType: string; readonly errorMessage: string }
  | { readonly kind: 'return-repeat'; readonly text: string; readonly times: number }
  | { readonly kind: 'sleep'; readonly seconds: number; readonly then: LambdaKind };

/** One event as recorded: its details are flattened into it, JSON text is parsed. */
export interface RecordedEvent {
  /** Null in the part of a Parallel that the recorder sorted. */
  readonly id: number | null;
  readonly prev: number | null;
  readonly type: string;
  readonly [detail: string]: Json;
}

/** One recorded execution, with the run's own values in its placeholders. */
export interface Case {
  readonly name: string;
  readonly definition: Json;
  readonly definitionJsonata?: Json;
  readonly restated?: { readonly comparable: 'full' | 'status-only' | 'uncertain' };
  readonly input: Json;
  readonly lambdas?: Readonly<Record<string, LambdaKind>>;
  readonly s3?: readonly { readonly bucket: string; readonly key: string; readonly body: string }[];
  readonly expected: {
    readonly status: string;
    readonly output?: Json;
    readonly error?: Json;
    readonly cause?: Json;
    readonly history?: readonly RecordedEvent[];
    readonly counts?: Readonly<Record<string, number>>;
  };
  readonly historyOrder?: 'exact' | 'concurrent' | 'parallel-sorted';
  readonly historyLost?: { readonly events: number };
}

const REGION = 'us-east-1';
const ACCOUNT = '000000000000';
const MACHINE = 'conformance';
export const EXECUTION_NAME = 'case';
export const MACHINE_NAME = MACHINE;
export const MACHINE_ARN = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${MACHINE}`;
export const EXECUTION_ARN = `arn:aws:states:${REGION}:${ACCOUNT}:execution:${MACHINE}:${EXECUTION_NAME}`;
export const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/${MACHINE}`;

const VALUES: Readonly<Record<string, string>> = {
  roleArn: ROLE_ARN,
  stateMachineName: MACHINE,
  executionName: EXECUTION_NAME,
  partition: 'aws',
  region: REGION,
  account: ACCOUNT,
};

/** All cases of a folder, or of its folder `cases`. */
export function readCases(folder: string): Case[] {
  const inner = join(folder, 'cases');
  const directory = existsSync(inner) ? inner : folder;
  const files = readdirSync(directory).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => JSON.parse(substitute(readFileSync(join(directory, file), 'utf8'))));
}

/** Wildcards stay as they are. */
function substitute(text: string): string {
  return text.replace(/\$\{([^}]*)\}/g, (token, inner: string) => {
    const [kind = '', argument = '', times = ''] = inner.split(':');
    if (kind === 'lambda') return `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${argument}`;
    if (kind === 'lambdaName') return argument;
    if (kind === 'bucket') return `bucket-${argument}`;
    if (kind === 'repeat') return argument.repeat(Number(times));
    return VALUES[kind] ?? token;
  });
}
