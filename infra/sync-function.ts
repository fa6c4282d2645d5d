import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Duration, RemovalPolicy, type Size } from 'aws-cdk-lib';
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type IFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogLevel, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

const PROJECT_ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Some packages in a bundle call `require`, which a module does not have. */
const REQUIRE_BANNER =
  "import { createRequire as bannerCreateRequire } from 'node:module'; const require = bannerCreateRequire(import.meta.url);";

/** Environment variables that Powertools reads. */
export const TELEMETRY = {
  POWERTOOLS_SERVICE_NAME: 'connect-profile-sync',
  POWERTOOLS_METRICS_NAMESPACE: 'ConnectProfileSync',
  POWERTOOLS_LOG_LEVEL: 'INFO',
} as const;

export interface SyncFunctionProps {
  /** The folder under functions/, named as the state that invokes it, if one does. */
  readonly folder: string;
  readonly description: string;
  /**
   * The mapping file, put beside the bundle as mapping.json.
   * @default - no file; the function needs no mapping.
   */
  readonly mappingPath?: string;
  readonly timeout: Duration;
  readonly memoryMiB: number;
  /** @default - what Lambda gives: 512 MiB. */
  readonly ephemeralStorage?: Size;
  /** @default - the account's unreserved concurrency. */
  readonly reservedConcurrency?: number;
  readonly environment: Readonly<Record<string, string>>;
  /** What the function's code calls, and nothing else; writing its log comes on top. */
  readonly permissions: readonly PolicyStatement[];
}

/** One Lambda function: its bundle with the pinned AWS SDK and the mapping, its role, its log. */
export class SyncFunction extends Construct {
  readonly lambda: IFunction;

  constructor(scope: Construct, id: string, props: SyncFunctionProps) {
    super(scope, id);
    // Logs hold counts and ids, never customer data; three months is as long as Step Functions keeps its history.
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    for (const statement of props.permissions) role.addToPolicy(statement);

    const { mappingPath } = props;
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
      environment: { ...props.environment, NODE_OPTIONS: '--enable-source-maps' },
      role,
      logGroup,
      // The option is for SDK v2 only, and would add an environment variable that nothing reads.
      awsSdkConnectionReuse: false,
      bundling: {
        format: OutputFormat.ESM,
        mainFields: ['module', 'main'],
        banner: REQUIRE_BANNER,
        bundleAwsSDK: true,
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

function copyCommand(from: string, to: string): string {
  return process.platform === 'win32' ? `copy "${from}" "${to}"` : `cp ${shellQuoted(from)} ${shellQuoted(to)}`;
}

function shellQuoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
