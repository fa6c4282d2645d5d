import { GetQueueAttributesCommand, type QueueAttributeName } from '@aws-sdk/client-sqs';
import { describeRun, listRuns } from './runs.ts';
import type { System } from './system.ts';

const MESSAGE_COUNTS: QueueAttributeName[] = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
];

/** What the system is still at, in words; undefined if nothing goes on by itself any more. */
export async function goingOn(system: System, uploads: readonly string[]): Promise<string | undefined> {
  const runs = await listRuns(system);
  const running = runs.filter(({ status }) => status === 'RUNNING');
  if (running.length > 0) return `${running.length} running executions`;
  const started = new Set(await Promise.all(runs.map(async (run) => (await describeRun(system, run)).versionId)));
  const missing = uploads.filter((versionId) => !started.has(versionId));
  if (missing.length > 0) return `${missing.length} uploads that started no run`;
  const messages = await liveMessages(system);
  if (messages > 0) return `${messages} messages in the live queue`;
  if (isAtWork(system)) return 'functions at work';
  return system.arrivals.underWay > 0 ? 'calls that the service has not done with' : undefined;
}

function isAtWork({ functions, stack }: System): boolean {
  return functions.some((name) => stack.lambda.environments(name).some(({ busy }) => busy));
}

async function liveMessages(system: System): Promise<number> {
  const QueueUrl = system.output('LiveQueueUrl');
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: MESSAGE_COUNTS });
  const { Attributes = {} } = await system.clients.sqs.send(command);
  return MESSAGE_COUNTS.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
}
