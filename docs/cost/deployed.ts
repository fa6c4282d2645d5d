import { globSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../local/synth.ts';

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

interface Definition {
  readonly States: Readonly<Record<string, { readonly ItemProcessor?: Definition }>>;
}

/** What the deployed stack costs whether it runs or not, counted in its template and code. */
export interface Deployed {
  /** Metrics that its alarms look at: an alarm of an expression is billed for each. */
  readonly alarmMetrics: number;
  readonly dashboards: number;
  readonly customMetrics: number;
  readonly keys: number;
  /** Buckets, tables, queues, topics and log groups. */
  readonly encrypted: number;
  /** Queues that a function polls. */
  readonly polledQueues: number;
  /** Scheduled invocations per hour. */
  readonly scheduledPerHour: number;
  /** Days that an export is stored: as current and then as noncurrent version. */
  readonly exportDays: number;
  /** Of the functions, in GB, by the name of their state. */
  memoryGb(name: string): number;
  /** Of the functions, by the name of their state. */
  timeoutSeconds(name: string): number;
  /** States of a run that succeeds, and of one chunk of it. */
  readonly statesPerRun: number;
  readonly statesPerChunk: number;
  /** Of an export with the columns of the sample. */
  readonly bytesPerRow: number;
}

/** The stack with a schedule, so that all of its alarms are there. */
const CONTEXT = { domainName: 'demo', exportBy: '02:00', doneBy: '06:00', timeZone: 'Asia/Tokyo' };
const ENCRYPTED = [
  'AWS::S3::Bucket',
  'AWS::DynamoDB::Table',
  'AWS::SQS::Queue',
  'AWS::SNS::Topic',
  'AWS::Logs::LogGroup',
];

export async function readDeployed(): Promise<Deployed> {
  const folder = await synthesize({
    directory: join(tmpdir(), 'connect-profile-sync-cost-templates'),
    context: CONTEXT,
  });
  const [file] = globSync('*.template.json', { cwd: folder });
  if (file === undefined) throw new Error(`There is no template in ${folder}.`);
  const { Resources } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
    Resources: Record<string, Resource>;
  };
  const ofType = (type: string) => Object.values(Resources).filter((resource) => resource.Type === type);
  const lambda = (name: string) =>
    Object.entries(Resources).find(([id, { Type }]) => Type === 'AWS::Lambda::Function' && id.includes(name))?.[1]
      .Properties;
  const { States } = JSON.parse(readFileSync('statemachine/profile-sync.asl.json', 'utf8')) as Definition;
  return {
    alarmMetrics: ofType('AWS::CloudWatch::Alarm').reduce((sum, alarm) => sum + metricsOf(alarm), 0),
    dashboards: ofType('AWS::CloudWatch::Dashboard').length,
    customMetrics: customMetrics(),
    keys: ofType('AWS::KMS::Key').length,
    encrypted: ENCRYPTED.reduce((sum, type) => sum + ofType(type).length, 0),
    polledQueues: ofType('AWS::Lambda::EventSourceMapping').length,
    scheduledPerHour: ofType('AWS::Events::Rule').reduce((sum, rule) => sum + perHour(rule), 0),
    exportDays: Math.max(...ofType('AWS::S3::Bucket').map(daysKept)),
    memoryGb: (name) => Number(lambda(name)?.MemorySize ?? 0) / 1024,
    timeoutSeconds: (name) => Number(lambda(name)?.Timeout ?? 0),
    // The failure and the notice are not on the way of a run that succeeds.
    statesPerRun: Object.keys(States).length - 2,
    statesPerChunk: Object.keys(States.SyncChunks?.ItemProcessor?.States ?? {}).length,
    bytesPerRow: bytesPerRow('samples/customers.csv'),
  };
}

function metricsOf({ Properties = {} }: Resource): number {
  const { Metrics = [] } = Properties as { Metrics?: readonly { readonly MetricStat?: unknown }[] };
  return Math.max(1, Metrics.filter(({ MetricStat }) => MetricStat !== undefined).length);
}

/** Not emitted with the mapping of this page. */
const ONLY_WHERE_FIELDS_ARE_CLEARED: readonly (string | undefined)[] = ['Cleared', 'Clears', 'ThrottledClears'];

/** The functions name each metric where they emit it, and give it one dimension with one value. */
function customMetrics(): number {
  const names = globSync('functions/**/*.ts').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/addMetric\(\s*'(\w+)'/g)].map(([, name]) => name),
  );
  return new Set(names.filter((name) => !ONLY_WHERE_FIELDS_ARE_CLEARED.includes(name))).size;
}

function perHour({ Properties = {} }: Resource): number {
  const [, minutes] = /^rate\((\d+) minutes\)$/.exec(String(Properties.ScheduleExpression ?? '')) ?? [];
  return minutes === undefined ? 0 : 60 / Number(minutes);
}

interface LifecycleRule {
  readonly ExpirationInDays?: number;
  readonly NoncurrentVersionExpiration?: { readonly NoncurrentDays: number };
}

function daysKept({ Properties = {} }: Resource): number {
  const { LifecycleConfiguration } = Properties as { LifecycleConfiguration?: { Rules: readonly LifecycleRule[] } };
  return (LifecycleConfiguration?.Rules ?? []).reduce(
    (days, rule) => days + (rule.ExpirationInDays ?? 0) + (rule.NoncurrentVersionExpiration?.NoncurrentDays ?? 0),
    0,
  );
}

function bytesPerRow(file: string): number {
  return statSync(file).size / (readFileSync(file, 'utf8').trimEnd().split('\n').length - 1);
}
