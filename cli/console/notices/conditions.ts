import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { isForbidden } from '../../connect/s3-object.ts';
import { counted, duration, localTime } from '../../output/words.ts';
import type { RunOverview } from '../../runs/run-overview.ts';
import type { NoticeView } from '../api.ts';
import type { Host } from '../host.ts';
import { prospectsOf } from '../prospects.ts';
import { rateNow } from '../run-reads.ts';

/** What a condition says; it holds now, and goes when it ends. */
type Condition = Omit<NoticeView, 'at'> & { readonly at?: number };

export async function rateConditions(host: Host): Promise<readonly Condition[]> {
  const { call, clock } = host.stack;
  const { paused, fallen, set, deployed } = await rateNow(host);
  const conditions: Condition[] = [];
  if (paused) {
    conditions.push({
      id: 'paused',
      is: 'open',
      severity: 'attention',
      subject: 'The rate is paused',
      message: `Neither runs nor live events make calls; runs at work wait.\nTo go on: ${call('resume')}`,
    });
  }
  if (fallen) {
    conditions.push({
      id: `fallen ${fallen.at}`,
      at: fallen.at,
      is: 'over',
      severity: 'information',
      subject: `The rate fell to ${fallen.to.toFixed(0)} calls per second`,
      message: `The service throttled. The limit rises again by itself, and is back in ${duration((fallen.backAt - clock.now()) / 1000)}.`,
    });
  }
  if (set !== undefined && set !== deployed) {
    conditions.push({
      id: `set ${set}`,
      is: 'open',
      severity: 'information',
      subject: `The limit is set to ${set} calls per second by hand`,
      message: `The deployment has ${deployed}.\nTo give that back: ${call('rate reset')}`,
    });
  }
  return conditions;
}

/** Live events that could not be synced; said to be unknown to who may not ask. */
export async function deadLetters({ stack: { clients, outputs } }: Host): Promise<readonly Condition[]> {
  try {
    const { Attributes } = await clients.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: outputs.DeadLetterQueueUrl,
        AttributeNames: ['ApproximateNumberOfMessages'],
      }),
    );
    const waiting = Number(Attributes?.ApproximateNumberOfMessages ?? 0);
    if (waiting === 0) return [];
    return [
      {
        id: 'dead letters',
        is: 'open',
        severity: 'attention',
        subject: `${counted(waiting, 'live event')} could not be synced`,
        message: `${waiting === 1 ? 'It waits' : 'They wait'} in the dead-letter queue ${outputs.DeadLetterQueueUrl}\ndocs/live-events.md says how to look at them, correct them and move them back.`,
      },
    ];
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return [
      {
        id: 'dead letters unknown',
        is: 'over',
        severity: 'information',
        subject: 'Whether live events could not be synced is not known',
        message: 'You may not ask the dead-letter queue how many it holds; grantOperate lets you (docs/security.md).',
      },
    ];
  }
}

/** Of a run at work that will not meet its deadline. */
export async function deadlineAtRisk(host: Host, run: RunOverview): Promise<Condition | undefined> {
  const { runId, status, export: started } = run;
  if (status !== 'RUNNING') return undefined;
  const { at, endsAt, deadline } = await prospectsOf(host, run, started?.key);
  if (deadline === undefined || (endsAt ?? at) <= deadline) return undefined;
  return {
    id: `deadline ${runId}`,
    is: 'open',
    severity: 'attention',
    subject: `A run ${at > deadline ? 'has missed' : 'will miss'} its deadline`,
    message: `Run ${runId} must be done by ${localTime(deadline)}.\nTo follow it: ${host.stack.call(`watch ${runId}`)}`,
    runId,
  };
}
