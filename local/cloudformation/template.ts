import { createHash } from 'node:crypto';
import { isObject } from '../states/json.ts';
import { type Assembly, loadAssembly, type TemplateResource, UnsupportedTemplate } from './assembly.ts';
import { createResolver, type Identity, type Resolver } from './intrinsics.ts';
import type { StackModel } from './model.ts';
import type { Resource, ResourceType } from './resource-type.ts';
import { domain, objectType } from './resources/customer-profiles.ts';
import { table } from './resources/dynamodb.ts';
import { eventBus, rule } from './resources/events.ts';
import { policy, role } from './resources/iam.ts';
import { key, keyAlias } from './resources/kms.ts';
import { eventSourceMapping, lambdaFunction, lambdaPermission } from './resources/lambda.ts';
import { logGroup } from './resources/logs.ts';
import { bucket, bucketPolicy } from './resources/s3.ts';
import { subscription, topic, topicPolicy } from './resources/sns.ts';
import { queue, queuePolicy } from './resources/sqs.ts';
import { stateMachine } from './resources/step-functions.ts';
import { alarm, cdkMetadata, dashboard } from './resources/without-effect.ts';

/** Every type of resource that the embedded stack knows; any other is refused by name. */
const RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::CDK::Metadata': cdkMetadata,
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::CloudWatch::Dashboard': dashboard,
  'AWS::CustomerProfiles::Domain': domain,
  'AWS::CustomerProfiles::ObjectType': objectType,
  'AWS::DynamoDB::Table': table,
  'AWS::Events::EventBus': eventBus,
  'AWS::Events::Rule': rule,
  'AWS::IAM::Policy': policy,
  'AWS::IAM::Role': role,
  'AWS::KMS::Alias': keyAlias,
  'AWS::KMS::Key': key,
  'AWS::Lambda::EventSourceMapping': eventSourceMapping,
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::Lambda::Permission': lambdaPermission,
  'AWS::Logs::LogGroup': logGroup,
  'AWS::S3::Bucket': bucket,
  'AWS::S3::BucketPolicy': bucketPolicy,
  'AWS::SNS::Subscription': subscription,
  'AWS::SNS::Topic': topic,
  'AWS::SNS::TopicPolicy': topicPolicy,
  'AWS::SQS::Queue': queue,
  'AWS::SQS::QueuePolicy': queuePolicy,
  'AWS::StepFunctions::StateMachine': stateMachine,
};

/** The shortest limit of all names: a bucket's. */
const MAX_NAME_LENGTH = 63;

/**
 * Reads the stack in a cdk.out folder. A resource type, property or intrinsic function that the embedded stack does
 * not know is refused here, so that nothing runs that would run otherwise on AWS.
 *
 * @throws UnsupportedTemplate
 */
export function loadStack(cdkOut: string): StackModel {
  const assembly = loadAssembly(cdkOut);
  const { stackName, template } = assembly;
  const identities = new Map<string, Identity>();
  const identifying = new Set<string>();

  const resolver = createResolver(stackName, template, identify);

  function identify(logicalId: string): Identity {
    const known = identities.get(logicalId);
    if (known) return known;
    const declared = template.Resources[logicalId];
    if (!declared) throw new UnsupportedTemplate(`The template has no resource or parameter '${logicalId}'.`);
    if (identifying.has(logicalId)) throw new UnsupportedTemplate(`The name of ${logicalId} depends on itself.`);
    identifying.add(logicalId);
    const identity = typeOf(logicalId, declared).identify(readerOf(logicalId, declared, assembly, resolver));
    identities.set(logicalId, identity);
    return identity;
  }

  const model: StackModel = {
    stackName,
    outputs: {},
    buckets: [],
    tables: [],
    functions: [],
    stateMachines: [],
    rules: [],
    eventBuses: [],
    queues: [],
    eventSourceMappings: [],
    topics: [],
    subscriptions: [],
    domains: new Map(),
    objectTypes: [],
    roles: [],
    policies: [],
    logGroups: [],
    keys: [],
    keyOf: new Map(),
  };
  for (const [logicalId, declared] of Object.entries(template.Resources)) {
    const type = typeOf(logicalId, declared);
    if (declared.Condition && !resolver.condition(declared.Condition)) continue;
    refuseUnknownProperties(logicalId, declared, type);
    const resource: Resource = Object.assign(readerOf(logicalId, declared, assembly, resolver), {
      identity: identify(logicalId),
    });
    type.build(resource, model);
  }
  return { ...model, outputs: outputsOf(assembly, resolver) };
}

function typeOf(logicalId: string, { Type }: TemplateResource): ResourceType {
  const type = RESOURCE_TYPES[Type];
  if (type) return type;
  const known = Object.keys(RESOURCE_TYPES).join(', ');
  throw new UnsupportedTemplate(`${logicalId}: the embedded stack does not support ${Type}. It supports: ${known}.`);
}

function refuseUnknownProperties(
  logicalId: string,
  { Type, Properties = {} }: TemplateResource,
  type: ResourceType,
): void {
  if (type.withoutEffect === 'all') return;
  const known = [...type.properties, ...type.withoutEffect];
  const unknown = Object.keys(Properties).find((name) => !known.includes(name));
  if (unknown)
    throw new UnsupportedTemplate(
      `${logicalId} (${Type}): the embedded stack does not support the property '${unknown}'.`,
    );
}

function outputsOf({ template }: Assembly, resolver: Resolver): Record<string, string> {
  const outputs = Object.entries(template.Outputs ?? {}).filter(
    ([, { Condition }]) => !Condition || resolver.condition(Condition),
  );
  return Object.fromEntries(
    outputs.map(([name, { Value }]) => [name, String(resolver.resolve(Value, `Outputs.${name}`))]),
  );
}

function readerOf(
  logicalId: string,
  { Type, Properties = {} }: TemplateResource,
  { stackName, assetPath }: Assembly,
  resolver: Resolver,
): Omit<Resource, 'identity'> {
  const value = (property: string): unknown => resolver.resolve(Properties[property], `${logicalId}.${property}`);

  function optional<T>(property: string, kind: string, convert: (found: unknown) => T | undefined): T | undefined {
    const found = value(property);
    if (found === undefined) return undefined;
    const converted = convert(found);
    if (converted === undefined) throw new UnsupportedTemplate(`${logicalId}.${property} (${Type}) must be ${kind}.`);
    return converted;
  }
  const optionalText = (property: string): string | undefined =>
    optional(property, 'a string', (found) => (typeof found === 'string' ? found : undefined));

  return {
    logicalId,
    type: Type,
    defaultName: defaultName(stackName, logicalId),
    assetPath,
    value,
    optionalText,
    text(property) {
      const text = optionalText(property);
      if (text === undefined) throw new UnsupportedTemplate(`${logicalId} (${Type}) has no ${property}.`);
      return text;
    },
    optionalNumber: (property) =>
      optional(property, 'a number', (found) => (Number.isFinite(Number(found)) ? Number(found) : undefined)),
    objects: (property) =>
      optional(property, 'a list of objects', (found) =>
        Array.isArray(found) && found.every(isObject) ? found : undefined,
      ) ?? [],
  };
}

function defaultName(stackName: string, logicalId: string): string {
  const name = `${stackName}-${logicalId}`.toLowerCase();
  if (name.length <= MAX_NAME_LENGTH) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, MAX_NAME_LENGTH - hash.length - 1)}-${hash}`;
}
