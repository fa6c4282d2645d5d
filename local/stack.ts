import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createCloudFormation } from './cloudformation/describe-stacks.ts';
import type { StackModel } from './cloudformation/model.ts';
import { loadStack } from './cloudformation/template.ts';
import { type CustomerProfilesService, createCustomerProfiles } from './customer-profiles/customer-profiles.ts';
import type { Settings } from './customer-profiles/settings.ts';
import { createDynamoDb, type DynamoDbService } from './dynamodb/dynamodb.ts';
import { type Endpoint, openEndpoint } from './endpoint.ts';
import { createEvents, type EventsService } from './events/events.ts';
import { targetOf } from './events/targets.ts';
import type { Access, Principal, Refusal } from './iam/access.ts';
import { type Allowance, createIam, type Iam } from './iam/iam.ts';
import { createIntegrations } from './integrations.ts';
import { createKeyRefusal } from './kms/keys.ts';
import { createEventSourceMappings, type EventSourceMappings } from './lambda/event-source-mappings.ts';
import { createLambda, executionRole, type LambdaService } from './lambda/lambda.ts';
import { createLostEvents } from './lambda/lost-events.ts';
import { checkLogs } from './logs/deployment.ts';
import { createLogs, type Logs } from './logs/logs.ts';
import { createMeter, type Usage } from './meter.ts';
import { createS3, type S3Service } from './s3/s3.ts';
import { REGION } from './service.ts';
import { createSns, type SnsService } from './sns/sns.ts';
import { createSqs, type SqsService } from './sqs/sqs.ts';
import { createStepFunctions, type StepFunctionsService } from './step-functions/step-functions.ts';

/** What a user signs with; the functions have access keys of their own. */
export const USER_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

export interface StackOptions {
  /** Folder that `cdk synth` wrote. */
  readonly cdkOut: string;
  /** Where everything is kept; a stack started on it again finds it. */
  readonly stateDirectory: string;
  /** 4566 by default, or another if that is taken; 0 for any free port. */
  readonly port?: number;
  /** Waits of the state machine and of queues, and before Lambda tries an event again, are multiplied by it; 1 by default. */
  readonly timeScale?: number;
  /** Hears of each call that the policies do not allow; by default the terminal, once per caller and action. */
  readonly onRefused?: (message: string) => void;
  /** Hears of each statement of the policies by which a call of a role or a service is allowed. */
  readonly onAllowed?: (who: Principal, access: Access, by: Allowance) => void;
  /** Of the embedded Customer Profiles. */
  readonly settings?: Partial<Settings>;
}

/** The embedded stack at work. */
export interface EmbeddedStack {
  readonly url: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Outputs of the template by name. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly endpoint: Endpoint;
  readonly iam: Iam;
  readonly s3: S3Service;
  readonly dynamodb: DynamoDbService;
  readonly customerProfiles: CustomerProfilesService;
  readonly stepFunctions: StepFunctionsService;
  readonly lambda: LambdaService;
  readonly events: EventsService;
  readonly sns: SnsService;
  readonly sqs: SqsService;
  readonly logs: Logs;
  /** What was used since the start, as AWS bills it. */
  usage(): Usage;
  /** Ends executions, functions and services, in this order; what they kept stays. */
  close(): Promise<void>;
}

/**
 * Builds and starts the stack in a cdk.out folder.
 *
 * @throws UnsupportedTemplate, InvalidEventPattern, DefinitionError: something in the template is not known here
 */
export async function startStack(options: StackOptions): Promise<EmbeddedStack> {
  const model = loadStack(options.cdkOut);
  const opened = new AsyncDisposableStack();
  try {
    const stack = await open(model, options, opened);
    return { ...stack, close: () => opened.disposeAsync() };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

/** Opens the stores first and what uses them after, so that `opened` closes them the other way round. */
async function open(
  model: StackModel,
  options: StackOptions,
  opened: AsyncDisposableStack,
): Promise<Omit<EmbeddedStack, 'close'>> {
  const { stateDirectory, timeScale = 1, settings = {} } = options;
  mkdirSync(stateDirectory, { recursive: true });
  const directory = (name: string): string => join(stateDirectory, name);
  const closeLater = <T extends { close(): Promise<void> }>(part: T): T => {
    opened.defer(() => part.close());
    return part;
  };

  const { onRefused = tellOnce(), onAllowed } = options;
  const iam = createIam({ userKey: USER_CREDENTIALS.accessKeyId, onRefused, ...(onAllowed && { onAllowed }) });
  iam.putPolicies(model.policies);
  const { refuse } = iam;
  const refuseKey = createKeyRefusal(model, refuse);
  const refuseEither: Refusal = (who, access) => refuse(who, access) ?? refuseKey(who, access);
  checkLogs(model, refuse);
  const { count, usage } = createMeter();
  const logs = createLogs({ directory: directory('logs'), groups: model.logGroups.map(({ name }) => name), refuse });
  const events = createEvents({
    onFailure: (rule, event, error) => tell(`The rule ${rule} could not deliver the event ${event.id}`, error),
    onUnknownBus: (bus, { id }) => console.error(`The event ${id} is dropped: there is no event bus ${bus}`),
    refuse,
    timeScale,
    count: count.events,
  });
  const s3 = closeLater(
    createS3({ directory: directory('s3'), onEvent: events.publish, refuse: refuseEither, count: count.s3 }),
  );
  const dynamodb = closeLater(
    await createDynamoDb({ directory: directory('dynamodb'), refuse: refuseEither, count: count.dynamodb }),
  );
  const sns = closeLater(createSns({ directory: directory('sns'), refuse, refuseKey }));
  const sqs = closeLater(createSqs({ directory: directory('sqs'), timeScale, refuse, refuseKey, count: count.sqs }));
  const customerProfiles = closeLater(
    createCustomerProfiles({
      directory: directory('customer-profiles'),
      settings,
      refuse,
      queues: sqs,
      onLost: (domain, error) => tell(`A late error of the domain ${domain} is lost`, error),
    }),
  );
  const endpoint = closeLater(await openEndpoint(options.port));
  const onLost = createLostEvents({ functions: model.functions, sqs, tell: console.error });
  const lambda = closeLater(
    createLambda({
      directory: directory('lambda'),
      endpointUrl: endpoint.url,
      logs,
      timeScale,
      refuse,
      onLost,
      count: count.lambda,
    }),
  );
  const stepFunctions = closeLater(
    createStepFunctions({
      directory: directory('step-functions'),
      integrations: createIntegrations({ lambda, s3, sns, refuse }),
      onEvent: events.publish,
      timeScale,
      refuse,
      count: count.stepFunctions,
    }),
  );
  // The functions of the last events still look at the executions.
  opened.defer(() => lambda.closeQueue());
  const mappings = closeLater(
    createEventSourceMappings({
      ...model,
      sqs,
      lambda,
      refuse,
      timeScale,
      onFailure: ({ queueArn, functionName }, error) =>
        tell(`${functionName} does not get what is in ${queueArn}`, error),
    }),
  );
  closeLater(events);
  const cloudFormation = createCloudFormation({ ...model, refuse });
  const services = [s3, dynamodb, customerProfiles, sns, sqs, lambda, stepFunctions, events, cloudFormation];
  for (const service of services) endpoint.mount(service);

  const parts = { endpoint, iam, s3, dynamodb, customerProfiles, stepFunctions, lambda, events, sns, sqs, logs };
  await build(model, parts, mappings);
  return { url: endpoint.url, region: REGION, credentials: USER_CREDENTIALS, outputs: model.outputs, usage, ...parts };
}

function tell(what: string, error: unknown): void {
  console.error(`${what}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
}

/** Once for each caller and action: a run that may not read its files asks for every one of them. */
function tellOnce(): (message: string, access: Access) => void {
  const told = new Set<string>();
  return (message, { resource }) => {
    const what = message.replace(resource, '');
    if (!told.has(what)) console.error(`Refused: ${message}`);
    told.add(what);
  };
}

type Parts = Omit<EmbeddedStack, 'close' | 'usage' | 'url' | 'region' | 'credentials' | 'outputs'>;

/** Creates what the template asks for, unless an earlier start did. */
async function build(model: StackModel, parts: Parts, mappings: EventSourceMappings): Promise<void> {
  const { endpoint, iam, s3, dynamodb, customerProfiles, stepFunctions, lambda, events, sns, sqs } = parts;
  for (const { name, ...bucket } of model.buckets) s3.createBucket(name, bucket);
  for (const table of model.tables) await dynamodb.createTable(endpoint.url, table);
  for (const { arn } of model.topics) sns.createTopic(arn);
  for (const { topicArn, protocol, endpoint: target } of model.subscriptions) sns.subscribe(topicArn, protocol, target);
  for (const queue of model.queues) sqs.createQueue(queue);
  for (const [domain, deadLetterQueueUrl] of model.domains) customerProfiles.createDomain(domain, deadLetterQueueUrl);
  for (const { domainName, properties } of model.objectTypes) customerProfiles.putObjectType(domainName, properties);
  for (const each of model.functions) {
    const accessKeyId = `fn-${each.name}`;
    iam.bindKey(accessKeyId, executionRole(each));
    lambda.createFunction({ ...each, accessKeyId });
  }
  for (const { definition, ...machine } of model.stateMachines) {
    stepFunctions.createStateMachine({ ...machine, definition });
  }
  for (const bus of model.eventBuses) events.createBus(bus);
  for (const rule of model.rules) {
    const services = { stepFunctions, lambda, sqs, refuse: iam.refuse };
    events.putRule({ ...rule, targets: rule.targets.map((target) => targetOf(rule, target, model, services)) });
  }
  for (const mapping of model.eventSourceMappings) mappings.start(mapping);
  events.start();
}
