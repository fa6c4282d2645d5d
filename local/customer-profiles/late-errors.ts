import { arn } from '../cloudformation/resource-type.ts';
import type { QueueClient } from '../sqs/sqs.ts';
import type { Accepted } from './matching-queue.ts';
import type { ProfileStore } from './profile-store.ts';

const PRINCIPAL = { service: 'profile.amazonaws.com' };

export interface LateErrorsOptions {
  readonly store: ProfileStore;
  readonly queues: Pick<QueueClient, 'send'> | undefined;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Hears of an object for which the domain's queue could not be used; it is lost. */
  readonly onLost: (domain: string, error: unknown) => void;
}

/**
 * Sends an object that was accepted and reached no profile to the dead-letter queue of its domain; without one it is
 * lost, as on AWS. What the real service writes is not documented: the shape of the message is of this one's making.
 */
export function createLateErrors({ store, queues, now, onLost }: LateErrorsOptions) {
  return ({ domain, type, text }: Accepted, reason: string): void => {
    const url = store.deadLetterQueue(domain);
    if (url === undefined) return;
    const message = {
      domainName: domain,
      objectTypeName: type,
      object: text,
      errorMessage: reason,
      timestamp: new Date(now()).toISOString(),
    };
    try {
      if (!queues) throw new Error('There is no SQS here.');
      queues.send(
        url,
        { body: JSON.stringify(message), attributes: {} },
        PRINCIPAL,
        arn('profile', `domains/${domain}`),
      );
    } catch (error) {
      onLost(domain, error);
    }
  };
}
