import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Duration, RemovalPolicy, type Size } from 'aws-cdk-lib';
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type IFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogLevel, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledgeRuntimeNames } from './acknowledge.ts';
import { functionLogName } from './encryption.ts';
import { allowUnused, sendMessages, type Unused } from './permissions.ts';
import { REQUIRE_BANNER } from './require-banner.ts';
import type { System } from './system.ts';

const PROJECT_ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The clients of the SDK import their default credentials by this name. */
const CREDENTIALS = `@aws-sdk/credential-provider-node=${resolve(PROJECT_ROOT, 'functions/shared/lambda-credentials.ts')}`;

export interface SyncFunctionProps {
  readonly system: Pick<System, 'name' | 'mappingPath' | 'encryption' | 'telemetry' | 'logRetention'>;
  /** The folder under functions/, named as the state that invokes it, if one does. */
  readonly folder: string;
  readonly description: string;
  /**
   * Whether the function reads records: then it finds the mapping file beside its bundle, as mapping.json.
   * @default false
   */
  readonly readsRecords?: boolean;
  readonly timeout: Duration;
  readonly memoryMiB: number;
  /** @default - what Lambda gives: 512 MiB. */
  readonly ephemeralStorage?: Size;
  /**
   * Most memory of each half of V8's young generation. A stream's blocks lie outside the heap and go when it is cleaned up, so a young
   * generation that grows keeps more and more of them.
   * @default - what Lambda's runtime or V8 takes.
   */
  readonly semiSpaceMiB?: number;
  /** @default - the account's unreserved concurrency. */
  readonly reservedConcurrency?: number;
  /**
   * Gets the events that asynchronous invocations failed on.
   * @default - the function is not invoked asynchronously.
   */
  readonly deadLetterQueue?: IQueue;
  /** Besides what Powertools reads. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the function's code calls, and nothing else; writing its log comes on top. */
  readonly permissions: readonly PolicyStatement[];
  /** @default - an ordinary run uses all of the permissions. */
  readonly unused?: readonly Unused[];
}

/** One Lambda function: its bundle with the pinned AWS SDK and the mapping, its role, its log. */
export class SyncFunction extends Construct {
  readonly lambda: IFunction;

  constructor(scope: Construct, id: string, props: SyncFunctionProps) {
    super(scope, id);
    const { system, deadLetterQueue } = props;
    const mappingPath = props.readsRecords ? system.mappingPath : undefined;
    // Logs hold counts and ids, never customer data.
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: functionLogName(system.name, id),
      encryptionKey: system.encryption.key,
      retention: system.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    const permissions = [...props.permissions, ...(deadLetterQueue ? sendMessages(deadLetterQueue) : [])];
    for (const statement of permissions) role.addToPolicy(statement);
    acknowledgeRuntimeNames(role, permissions);
    allowUnused(role, props.unused ?? []);

    this.lambda = new NodejsFunction(this, 'Function', {
      description: props.description,
      entry: resolve(PROJECT_ROOT, 'functions', props.folder, 'handler.ts'),
      handler: 'handler',
      projectRoot: PROJECT_ROOT,
      depsLockFilePath: resolve(PROJECT_ROOT, 'package-lock.json'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: props.timeout,
      memorySize: props.memoryMiB,
      ...(props.ephemeralStorage && { ephemeralStorageSize: props.ephemeralStorage }),
      ...(props.reservedConcurrency !== undefined && { reservedConcurrentExecutions: props.reservedConcurrency }),
      ...(deadLetterQueue && { deadLetterQueue }),
      environment: { ...props.environment, ...system.telemetry, NODE_OPTIONS: nodeOptions(props) },
      role,
      logGroup,
      // The option is for SDK v2 only, and would add an environment variable that nothing reads.
      awsSdkConnectionReuse: false,
      bundling: {
        format: OutputFormat.ESM,
        mainFields: ['module', 'main'],
        banner: REQUIRE_BANNER,
        bundleAwsSDK: true,
        esbuildArgs: { '--alias': CREDENTIALS },
        minify: true,
        // Error names are part of the state machine's contract, and stack traces should name what broke.
        keepNames: true,
        sourceMap: true,
        sourcesContent: false,
        logLevel: LogLevel.WARNING,
        commandHooks: {
          beforeBundling: () => [],
          beforeInstall: () => [],
          afterBundling: (_input, output) =>
            mappingPath === undefined ? [] : [copyCommand(resolve(mappingPath), resolve(output, 'mapping.json'))],
        },
      },
    });
  }

  get functionArn(): string {
    return this.lambda.functionArn;
  }
}

function nodeOptions({ semiSpaceMiB }: SyncFunctionProps): string {
  return `--enable-source-maps${semiSpaceMiB === undefined ? '' : ` --max-semi-space-size=${semiSpaceMiB}`}`;
}

function copyCommand(from: string, to: string): string {
  return process.platform === 'win32' ? `copy "${from}" "${to}"` : `cp ${shellQuoted(from)} ${shellQuoted(to)}`;
}

function shellQuoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
