import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type { Clock } from '../shared/clock.ts';
import { sealed } from '../shared/handler.ts';
import type { Ledger } from '../shared/ledger/ledger.ts';
import type { Mapping } from '../shared/mapping/types.ts';
import type { SourceQueue } from '../shared/source-queue.ts';
import { logger } from '../shared/telemetry.ts';
import { formatOriginalVersion } from '../shared/version.ts';
import { writeLateErrorFile } from './late-error-file.ts';
import { attributesOfSender, type LateMessage, PUT_ASIDE_CODES, readLateMessage } from './late-message.ts';
import { markInLedger } from './mark-in-ledger.ts';
import type { PassOn } from './pass-on.ts';

/** Characters of the service's words that are remembered: the ledger's entry should stay small. */
const MAX_REASON_LENGTH = 300;
/** Seconds: a claim lasts six minutes only if its worker died; most end with the answer to the call, in less than one. */
const LONGEST_WAIT_S = 30;
/** Seconds, as in the queue that the stack makes: one of another app may hold messages back for hours. */
const RETRY_AFTER_S = 180;

export interface LateErrorsEnvironment {
  readonly ledger: Ledger;
  readonly queue: SourceQueue;
  /** Takes messages of other object types, if another system of the domain waits for them. */
  readonly passOn?: PassOn | undefined;
  readonly s3: S3Client;
  readonly runBucket: string;
  readonly clock: Clock;
  readonly mapping: Mapping;
  readonly domainName: string;
}

/** How many messages of one invocation came to which end. One that SQS delivers twice is counted twice. */
export interface LateErrorTally {
  /** Late errors of our records, and those of them whose content is not sent again. */
  readonly late: number;
  readonly givenUp: number;
  /** Messages that are not about our records, or can't be read. */
  readonly foreign: number;
  /** Messages that come again. */
  readonly returned: number;
  /** Milliseconds since the oldest of them came into the queue; absent if there is none. */
  readonly returnedAge?: number;
}

type Fate = 'late' | 'givenUp' | 'foreign' | 'waits' | 'failed';

/**
 * Deals with messages of the domain's dead-letter queue: marks what Customer Profiles accepted and failed on, so that the
 * next run that holds it sends it again, and puts aside what is not ours.
 */
export async function noteLateErrors(
  messages: readonly SQSRecord[],
  environment: LateErrorsEnvironment,
): Promise<{ readonly response: SQSBatchResponse; readonly tally: LateErrorTally }> {
  const fates = await Promise.all(messages.map((message) => fateOf(message, environment)));
  const count = (...wanted: readonly Fate[]) => fates.filter((fate) => wanted.includes(fate)).length;
  const returned = messages.filter((_, index) => fates[index] === 'waits' || fates[index] === 'failed');
  const ages = returned.map((message) => environment.clock.now() - sentAt(message));
  return {
    response: { batchItemFailures: returned.map(({ messageId }) => ({ itemIdentifier: messageId })) },
    tally: {
      late: count('late', 'givenUp'),
      givenUp: count('givenUp'),
      foreign: count('foreign'),
      returned: returned.length,
      ...(returned.length > 0 && { returnedAge: Math.max(...ages) }),
    },
  };
}

/** Epoch milliseconds. */
function sentAt({ attributes }: SQSRecord): number {
  return Number(attributes.SentTimestamp);
}

async function fateOf(message: SQSRecord, environment: LateErrorsEnvironment): Promise<Fate> {
  try {
    const attributes = attributesOfSender(message.messageAttributes);
    const read = readLateMessage({ body: message.body, attributes }, environment.domainName, environment.mapping);
    if (read.ok) return await note(message, read, environment);
    if (read.code === 'OTHER_OBJECT_TYPE' && environment.passOn) await environment.passOn(message);
    else await environment.queue.putAside(message, { code: read.code, reason: PUT_ASIDE_CODES[read.code], attributes });
    return 'foreign';
  } catch (error) {
    logger.warn('A late error could not be noted and comes again.', { error: sealed(error) });
    await comeBackLater(message, environment.queue);
    return 'failed';
  }
}

/** If the queue does not take that, the message comes again after the queue's own time. */
async function comeBackLater(message: SQSRecord, queue: SourceQueue): Promise<void> {
  try {
    await queue.comeBackIn(message, RETRY_AFTER_S);
  } catch (error) {
    logger.warn('When a late error comes again is left to its queue.', { error: sealed(error) });
  }
}

/**
 * First the mark, then the file: the mark remembers the message, so one that comes again after a crash between the two
 * writes the file that is missing, and nothing twice.
 */
async function note(
  message: SQSRecord,
  { customerKey, object, reason }: LateMessage & { readonly ok: true },
  environment: LateErrorsEnvironment,
): Promise<Fate> {
  const { clock, mapping, queue } = environment;
  const { messageId } = message;
  const error = { messageId, reason: reason.slice(0, MAX_REASON_LENGTH) };
  const { note, entry } = await markInLedger(environment, customerKey, error);
  if (note.kind === 'wait') {
    const seconds = Math.ceil((note.until - clock.now()) / 1_000);
    await queue.comeBackIn(message, Math.min(Math.max(seconds, 1), LONGEST_WAIT_S));
    return 'waits';
  }
  // [the customer was deleted since] What is known then is no version of this object.
  const known = note.kind === 'noted' ? entry?.known : undefined;
  const givenUp = note.kind === 'noted' && note.givenUp;
  await writeLateErrorFile(environment, {
    runId: known?.runId,
    messageId,
    content: {
      customerKey,
      objectTypeName: mapping.definition.objectType.name,
      object,
      reason,
      sentAt: new Date(sentAt(message)).toISOString(),
      receivedAt: new Date(clock.now()).toISOString(),
      ...(known && { version: formatOriginalVersion(known.version) }),
      ...(note.kind === 'noted' && { attempt: note.attempt }),
      givenUp,
    },
  });
  return givenUp ? 'givenUp' : 'late';
}
