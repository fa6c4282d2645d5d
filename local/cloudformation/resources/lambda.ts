import { UnsupportedTemplate } from '../assembly.ts';
import { arn, fieldsOf, identifyBy, identifyByName, type ResourceType } from '../resource-type.ts';

/** Lambda's defaults. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html */
const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_MEMORY_MB = 128;

export const lambdaFunction: ResourceType = {
  properties: [
    'FunctionName',
    'Code',
    'Handler',
    'Runtime',
    'Environment',
    'Timeout',
    'MemorySize',
    'ReservedConcurrentExecutions',
    'LoggingConfig',
    'Role',
    'DeadLetterConfig',
  ],
  // Architectures: the code is JavaScript. EphemeralStorage: the laptop's disk has no such limit.
  withoutEffect: [
    'Architectures',
    'Description',
    'EphemeralStorage',
    'RecursiveLoop',
    'RuntimeManagementConfig',
    'Tags',
    'TracingConfig',
  ],
  identify: identifyBy('FunctionName', (name) => arn('lambda', `function:${name}`)),
  build(resource, model) {
    const where = resource.logicalId;
    const runtime = resource.text('Runtime');
    if (!runtime.startsWith('nodejs'))
      throw new UnsupportedTemplate(`${where}.Runtime: the embedded Lambda does not run ${runtime}.`);
    const { S3Key } = fieldsOf(resource.value('Code'), `${where}.Code`, ['S3Bucket', 'S3Key']);
    const { Variables } = fieldsOf(resource.value('Environment') ?? {}, `${where}.Environment`, ['Variables']);
    const logging = fieldsOf(resource.value('LoggingConfig') ?? {}, `${where}.LoggingConfig`, [
      'LogGroup',
      'LogFormat',
      'ApplicationLogLevel',
      'SystemLogLevel',
    ]);
    const deadLetter = fieldsOf(resource.value('DeadLetterConfig') ?? {}, `${where}.DeadLetterConfig`, ['TargetArn']);
    const reservedConcurrency = resource.optionalNumber('ReservedConcurrentExecutions');
    const variables = Object.entries((Variables ?? {}) as Record<string, unknown>);
    model.functions.push({
      name: resource.identity.ref,
      codeDirectory: resource.assetPath(String(S3Key)),
      handler: resource.text('Handler'),
      environment: Object.fromEntries(variables.map(([name, value]) => [name, String(value)])),
      timeoutSeconds: resource.optionalNumber('Timeout') ?? DEFAULT_TIMEOUT_SECONDS,
      memoryMb: resource.optionalNumber('MemorySize') ?? DEFAULT_MEMORY_MB,
      ...(reservedConcurrency !== undefined && { reservedConcurrency }),
      logGroup: String(logging.LogGroup ?? `/aws/lambda/${resource.identity.ref}`),
      roleArn: resource.text('Role'),
      ...(deadLetter.TargetArn !== undefined && { deadLetterArn: String(deadLetter.TargetArn) }),
    });
  },
};

/** The default is 1,250 on AWS, which starts with five pollers; no more are started here. */
const DEFAULT_CONCURRENCY = 5;
const DEFAULT_BATCH_SIZE = 10;

export const eventSourceMapping: ResourceType = {
  properties: [
    'EventSourceArn',
    'FunctionName',
    'BatchSize',
    'MaximumBatchingWindowInSeconds',
    'FunctionResponseTypes',
    'ScalingConfig',
    'Enabled',
  ],
  withoutEffect: ['Tags'],
  identify: (resource) => ({ ref: resource.defaultName, attributes: { Id: resource.defaultName } }),
  build(resource, model) {
    const where = resource.logicalId;
    if (String(resource.value('Enabled') ?? true) === 'false') return;
    const scaling = fieldsOf(resource.value('ScalingConfig') ?? {}, `${where}.ScalingConfig`, ['MaximumConcurrency']);
    const responses = [resource.value('FunctionResponseTypes') ?? []].flat();
    const name = resource.text('FunctionName');
    model.eventSourceMappings.push({
      functionName: name.startsWith('arn:') ? String(name.split(':').pop()) : name,
      queueArn: resource.text('EventSourceArn'),
      batchSize: resource.optionalNumber('BatchSize') ?? DEFAULT_BATCH_SIZE,
      batchingWindowSeconds: resource.optionalNumber('MaximumBatchingWindowInSeconds') ?? 0,
      maximumConcurrency: Number(scaling.MaximumConcurrency ?? DEFAULT_CONCURRENCY),
      reportsFailures: responses.includes('ReportBatchItemFailures'),
    });
  },
};

/** A policy of the function's own: who else may call it. */
export const lambdaPermission: ResourceType = {
  properties: ['Action', 'FunctionName', 'Principal', 'SourceArn'],
  withoutEffect: [],
  identify: identifyByName,
  build(resource, model) {
    const name = resource.text('FunctionName');
    const functionArn = name.startsWith('arn:') ? name : arn('lambda', `function:${name}`);
    const sourceArn = resource.optionalText('SourceArn');
    const statement = {
      Effect: 'Allow',
      Principal: { Service: resource.text('Principal') },
      Action: resource.text('Action'),
      Resource: functionArn,
      ...(sourceArn !== undefined && { Condition: { ArnLike: { 'AWS:SourceArn': sourceArn } } }),
    };
    const document = { Version: '2012-10-17', Statement: [statement] };
    model.policies.push({ name: resource.logicalId, document, roles: [], resource: functionArn });
  },
};
