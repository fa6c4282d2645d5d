import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';
import { InvalidConfiguration } from '../functions/shared/errors.ts';
import { isSameResource } from './same-resource.ts';

/** A system as its LateErrors sees it. */
export interface LateErrorReader {
  readonly construct: IConstruct;
  readonly domainName: string;
  readonly makesDomain: boolean;
  /** Undefined while it is not made yet. */
  readonly domainDeadLetterQueue: IQueue | undefined;
  readonly otherLateErrors: IQueue | undefined;
}

const PASS_ON =
  'Give the system at whose queue the domain points the queue of the other as otherLateErrors: other.queues.domainDeadLetters, or a queue of yours that the other has as domainDeadLetterQueue.';

/**
 * A domain has one dead-letter queue. So its systems stand in a row: the first reads that queue, and each passes on to the next
 * what is not its own. A system is made after the one before it or the one behind it.
 *
 * @throws InvalidConfiguration naming the systems and what to do.
 */
export function checkLateErrors(system: LateErrorReader, others: readonly LateErrorReader[]): void {
  if (passesOnTo(system, system)) {
    throw new InvalidConfiguration(
      `${system.construct.node.path} has one queue as domainDeadLetterQueue and as otherLateErrors; it would pass messages on to itself for ever. Give it the queue of another system as otherLateErrors, or leave that out.`,
    );
  }
  for (const other of others) checkPair(system, other);
  checkRow(
    system,
    others.filter(({ domainName }) => domainName === system.domainName),
  );
}

/** Whether messages of other object types that come to the one go to the queue that the other reads. */
export function passesOnTo(one: LateErrorReader, other: LateErrorReader): boolean {
  return isSameQueue(one.otherLateErrors, other.domainDeadLetterQueue);
}

function checkPair(system: LateErrorReader, other: LateErrorReader): void {
  const both = `${other.construct.node.path} and ${system.construct.node.path}`;
  if (isSameQueue(system.domainDeadLetterQueue, other.domainDeadLetterQueue)) {
    throw new InvalidConfiguration(
      `${both} have one queue as domainDeadLetterQueue; each would take late errors of the other out of it. Give each a queue of its own. ${PASS_ON}`,
    );
  }
  if (isSameQueue(system.otherLateErrors, other.otherLateErrors)) {
    throw new InvalidConfiguration(
      `${both} pass late errors on to one queue; the domain has one dead-letter queue, so one of them would get none to pass on. Let one pass on to the other, and the other to that queue.`,
    );
  }
  if (system.domainName !== other.domainName && (passesOnTo(system, other) || passesOnTo(other, system))) {
    throw new InvalidConfiguration(
      `Of ${both}, one passes late errors on to the other, but they sync into two domains, each with a dead-letter queue of its own. Leave otherLateErrors out.`,
    );
  }
  const isSecond =
    (system.makesDomain && passesOnTo(other, system)) || (other.makesDomain && passesOnTo(system, other));
  if (isSecond) {
    throw new InvalidConfiguration(
      `Of ${both}, newDomain is given to the one that the other passes late errors on to; the new domain would report to that one alone. Give newDomain to the one with otherLateErrors.`,
    );
  }
}

function checkRow(system: LateErrorReader, others: readonly LateErrorReader[]): void {
  if (others.length === 0) return;
  const isBehind = others.some((other) => passesOnTo(other, system));
  const isBefore = others.some((other) => passesOnTo(system, other));
  if (isBehind !== isBefore) return;
  const all = [...others, system].map(({ construct }) => construct.node.path).join(' and ');
  throw new InvalidConfiguration(
    isBehind
      ? `${all} pass late errors of the domain ${system.domainName} on in a circle, without end. Leave otherLateErrors out of the last one.`
      : `${all} sync into the domain ${system.domainName}, which has one dead-letter queue; the one that reads it would put late errors of the other aside. ${PASS_ON}`,
  );
}

function isSameQueue(one: IQueue | undefined, other: IQueue | undefined): boolean {
  if (!one || !other) return false;
  return isSameResource(one, other, (queue) => queue.queueArn);
}
