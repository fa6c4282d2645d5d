import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSRecord } from 'aws-lambda';
import { noteLateErrors } from '../../../../../functions/late-errors/late-errors.ts';
import { createLedger } from '../../../../../functions/shared/ledger/ledger.ts';
import type { Mapping } from '../../../../../functions/shared/mapping/types.ts';
import { TABLES } from '../../../../helpers/tables.ts';
import { type Execute, faultyClient } from './table.ts';
import type { Tape } from './tape.ts';
import type { World } from './world.ts';

const LIFETIME_MS = 20_000;
const VISIBILITY_MS = 30_000;
const SKEWS = [0, -1_000, 1_000] as const;

/** The domain's dead-letter queue: gives each message to LateErrors until one invocation is done with it, or once more. */
export interface LateQueue {
  send(object: string): void;
  /** Messages that are not dealt with yet. */
  readonly size: number;
}

export function createLateQueue(options: {
  readonly world: World;
  readonly tape: Tape;
  readonly execute: Execute;
  readonly domainName: string;
  readonly mapping: Mapping;
  readonly onError: (error: unknown) => void;
}): LateQueue {
  const { world, tape, execute, domainName, mapping, onError } = options;
  let sent = 0;
  let size = 0;

  function deliver(message: SQSRecord): void {
    let delay = VISIBILITY_MS;
    const again = () => world.later(() => deliver(message), { delay });
    const worker = world.worker(SKEWS[tape.pick(SKEWS.length)] ?? 0, LIFETIME_MS, again);
    const { clock } = worker;
    const client = faultyClient(world, worker, tape, execute);
    const scope = { client, tableName: TABLES.ledger, domainName, objectTypeName: 'Customer', clock };
    noteLateErrors([message], {
      clock,
      mapping,
      domainName,
      ledger: createLedger(scope),
      s3: { send: () => world.request(worker, () => {}) } as unknown as S3Client,
      runBucket: 'runs',
      queue: {
        putAside: () => Promise.reject(new Error('All messages are ours.')),
        comeBackIn: (_message, seconds) =>
          world.request(worker, () => {
            delay = seconds * 1_000;
          }),
      },
    }).then(({ response }) => {
      world.release(worker);
      if (response.batchItemFailures.length > 0 || tape.fate({ once: 4, twice: 1 }) === 'twice') again();
      else size -= 1;
    }, onError);
  }

  return {
    send(object) {
      sent += 1;
      size += 1;
      const body = { domainName, objectTypeName: 'Customer', object, errorMessage: 'no profile' };
      const attributes = { SentTimestamp: String(world.now()) };
      const message = { messageId: `message-${sent}`, body: JSON.stringify(body), attributes, messageAttributes: {} };
      world.later(() => deliver(message as unknown as SQSRecord));
    },
    get size() {
      return size;
    },
  };
}
