import { randomUUID } from 'node:crypto';
import type { Operation } from '../json-protocol.ts';
import { SqsError } from './errors.ts';
import { optionalInteger, optionalText, text } from './members.ts';
import { type Authorize, MAX_BATCH } from './operations.ts';
import type { Queues } from './queues.ts';

/** A move, which is over when it is answered; of the past ones as many are told as AWS keeps. */
interface MoveTask {
  readonly Status: 'COMPLETED' | 'FAILED';
  readonly SourceArn: string;
  readonly DestinationArn?: string;
  readonly ApproximateNumberOfMessagesMoved: number;
  readonly ApproximateNumberOfMessagesToMove: number;
  readonly FailureReason?: string;
  /** Epoch milliseconds. */
  readonly StartedTimestamp: number;
}

/** StartMessageMoveTask and ListMessageMoveTasks. Tasks are forgotten when the stack ends. */
export function moveOperations(queues: Queues, authorize: Authorize, now: () => number): Record<string, Operation> {
  const tasks: MoveTask[] = [];

  return {
    StartMessageMoveTask(members, call) {
      const queue = queues.find(text(members, 'SourceArn'));
      authorize('StartMessageMoveTask', queue.arn, call);
      if (!queues.all().some(({ redrive }) => redrive?.deadLetterArn === queue.arn)) {
        const message = 'Source queue must be configured as a Dead Letter Queue.';
        throw new SqsError('InvalidParameterValueException', message);
      }
      const DestinationArn = optionalText(members, 'DestinationArn');
      const destination = DestinationArn === undefined ? undefined : queues.find(DestinationArn);
      if (destination?.arn === queue.arn) {
        const message = 'Source queue arn and destination queue arn cannot be the same.';
        throw new SqsError('InvalidParameterValueException', message);
      }
      const waiting = queues.counts(queue).visible;
      // A message that was sent to the dead-letter queue itself has no queue to go back to.
      const moved = queues.move(queue, ({ source }) => destination ?? (source ? queues.find(source) : undefined));
      tasks.unshift({
        Status: moved < waiting ? 'FAILED' : 'COMPLETED',
        SourceArn: queue.arn,
        ...(DestinationArn && { DestinationArn }),
        ApproximateNumberOfMessagesMoved: moved,
        ApproximateNumberOfMessagesToMove: waiting,
        ...(moved < waiting && { FailureReason: 'CouldNotDetermineMessageSource' }),
        StartedTimestamp: now(),
      });
      return { TaskHandle: Buffer.from(`${queue.arn}/${randomUUID()}`).toString('base64') };
    },

    ListMessageMoveTasks(members, call) {
      const queue = queues.find(text(members, 'SourceArn'));
      authorize('ListMessageMoveTasks', queue.arn, call);
      const limit = optionalInteger(members, 'MaxResults', 1, MAX_BATCH) ?? 1;
      return { Results: tasks.filter(({ SourceArn }) => SourceArn === queue.arn).slice(0, limit) };
    },
  };
}
