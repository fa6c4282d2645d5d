import { fileURLToPath } from 'node:url';
import { ArnFormat, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { Domain } from '../../infra/domain.ts';
import { ObjectType } from '../../infra/object-type.ts';
import { allow, getObjects, putProfileObjects } from '../../infra/permissions.ts';
import { REQUIRE_BANNER } from '../../infra/require-banner.ts';
import { MAPPING } from './rows.ts';
import { type Baseline, LOOP, MAP, PARALLEL } from './tuning.ts';

const PROJECT_ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DOMAIN = 'demo';
const MAP_LABEL = 'Rows';
const EVERY_OBJECT = ['*'];

/** A bucket for exports, a domain with the object type of the product's example, and one way from the one to the other. */
export class BaselineStack extends Stack {
  readonly #exports: Bucket;

  constructor(scope: Construct, id: string, baseline: Baseline) {
    super(scope, id);
    const deadLetterQueue = new Queue(this, 'DeadLetters');
    const domain = new Domain(this, 'Domain', { domainName: DOMAIN, defaultExpirationDays: 366, deadLetterQueue });
    const { definition } = MAPPING;
    new ObjectType(this, 'ObjectType', { domainName: DOMAIN, definition, domain: domain.resource });
    this.#exports = new Bucket(this, 'Exports');
    // As eventBridgeEnabled, but without the Lambda function that it would add.
    const { defaultChild } = this.#exports.node;
    if (defaultChild instanceof CfnBucket) {
      defaultChild.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    }
    new Rule(this, 'ExportArrived', {
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [this.#exports.bucketName] } },
      },
      targets: [this.#target(baseline)],
    });
    new CfnOutput(this, 'ExportBucketName', { value: this.#exports.bucketName });
    new CfnOutput(this, 'DomainName', { value: DOMAIN });
    new CfnOutput(this, 'ObjectTypeName', { value: definition.objectType.name });
  }

  #target(baseline: Baseline): LambdaFunction | SfnStateMachine {
    if (baseline === 'map') return new SfnStateMachine(this.#stateMachine());
    const settings = baseline === 'loop' ? LOOP : PARALLEL;
    const one = this.#function(baseline, settings);
    for (const statement of getObjects(this.#exports, EVERY_OBJECT)) one.addToRolePolicy(statement);
    new CfnOutput(this, 'FunctionName', { value: one.functionName });
    return new LambdaFunction(one);
  }

  #function(file: string, settings: { readonly memoryMiB: number; readonly [name: string]: number }): NodejsFunction {
    const { memoryMiB, callsInFlight = 1, maxAttempts = 1 } = settings;
    const made = new NodejsFunction(this, 'Function', {
      entry: fileURLToPath(new URL(`${file}.ts`, import.meta.url)),
      handler: 'handler',
      projectRoot: PROJECT_ROOT,
      depsLockFilePath: fileURLToPath(new URL('../../package-lock.json', import.meta.url)),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      // The longest that Lambda allows.
      timeout: Duration.minutes(15),
      memorySize: memoryMiB,
      awsSdkConnectionReuse: false,
      environment: {
        DOMAIN_NAME: DOMAIN,
        OBJECT_TYPE_NAME: MAPPING.definition.objectType.name,
        CALLS_IN_FLIGHT: this.#tuned('callsInFlight', callsInFlight),
        MAX_ATTEMPTS: this.#tuned('maxAttempts', maxAttempts),
      },
      bundling: {
        format: OutputFormat.ESM,
        mainFields: ['module', 'main'],
        banner: REQUIRE_BANNER,
        bundleAwsSDK: true,
        minify: true,
        keepNames: true,
      },
    });
    made.addToRolePolicy(
      putProfileObjects(this, DOMAIN, MAPPING.definition.objectType.name, ['profile:PutProfileObject']),
    );
    return made;
  }

  #stateMachine(): StateMachine {
    const stateMachineName = 'baseline';
    const putBatch = this.#function('map-batch', MAP);
    const role = new Role(this, 'MachineRole', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    const arn = (resource: string, resourceName: string) =>
      this.formatArn({ service: 'states', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
    for (const statement of [
      allow(['lambda:InvokeFunction'], putBatch.functionArn),
      ...getObjects(this.#exports, EVERY_OBJECT),
      allow(['states:StartExecution'], arn('stateMachine', stateMachineName)),
      allow(['states:DescribeExecution', 'states:StopExecution'], arn('execution', `${stateMachineName}:*`)),
      allow(['states:RedriveExecution'], arn('execution', `${stateMachineName}/${MAP_LABEL}:*`)),
    ]) {
      role.addToPolicy(statement);
    }
    const machine = new StateMachine(this, 'StateMachine', {
      stateMachineName,
      definitionBody: DefinitionBody.fromFile(fileURLToPath(new URL('map.asl.json', import.meta.url))),
      definitionSubstitutions: {
        PutBatchFunctionArn: putBatch.functionArn,
        RowsPerBatch: this.#tuned('rowsPerBatch', MAP.rowsPerBatch),
        MaxConcurrency: this.#tuned('maxConcurrency', MAP.maxConcurrency),
      },
      role,
    });
    new CfnOutput(this, 'StateMachineArn', { value: machine.stateMachineArn });
    return machine;
  }

  /** The context's, while somebody looks for a better one. */
  #tuned(name: string, best: number): string {
    return String(this.node.tryGetContext(name) ?? best);
  }
}
