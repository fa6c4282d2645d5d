import { randomUUID } from 'node:crypto';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSMessageAttributes, SQSRecord } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import type { LateErrorsEnvironment, noteLateErrors } from '../../../functions/late-errors/late-errors.ts';
import type { Entry } from '../../../functions/shared/ledger/entry.ts';
import { createLedger, type Ledger } from '../../../functions/shared/ledger/ledger.ts';
import { decide } from '../../../functions/shared/ledger/rules.ts';
import { createSourceQueue } from '../../../functions/shared/source-queue.ts';
import { logger } from '../../../functions/shared/telemetry.ts';
import { createFakeClock, type FakeClock } from '../../helpers/fake-clock.ts';
import { smallMapping } from '../../helpers/mapping.ts';
import { startTables, TABLES } from '../../helpers/tables.ts';
import { type QueueHost, queueOf, urlOf, useQueues } from '../../local/sqs/queue-host.ts';
import { type Buckets, RUNS, startBuckets } from '../split-export/buckets.ts';

export const NIGHT = Date.parse('2026-11-22T02:00:00Z');
/** Customer data: of the object, and of what the service says of it. */
export const NAME = 'Zaphod';
const mapping = smallMapping();

/** What LateErrors works with, and what the tests do and see of it. */
export interface LateErrorsFixture {
  /** The domain's dead-letter queue `late`, LateErrors' own `dead`, and `other` of another system. */
  readonly queues: QueueHost;
  readonly clock: FakeClock;
  readonly ledger: Ledger;
  /** For how many seconds messages were sent back. */
  readonly delays: readonly number[];
  /** Warnings. */
  readonly logged: readonly string[];
  environment(over?: Partial<LateErrorsEnvironment>): LateErrorsEnvironment;
  /** What the embedded service sends, as LateErrors receives it. */
  late(customerKey: string, over?: object): Promise<SQSRecord>;
  /** Any other message, as LateErrors receives it. */
  received(body: string, messageAttributes?: SQSMessageAttributes): Promise<SQSRecord>;
  /** Notes in the ledger that this run sent the customer a minute ago. */
  synced(customerKey: string, over?: Partial<Entry>, runId?: string): Promise<void>;
  entryOf(customerKey: string): Promise<Entry | undefined>;
  /** What becomes of the content in the next run that holds it: a refusal, or the kind of the decision. */
  nextRun(customerKey: string): Promise<unknown>;
  filesUnder(prefix: string): Promise<string[]>;
  fileOf(key: string): Promise<Record<string, unknown>>;
}

/** Before each test a new domain with buckets and queues of its own, over real HTTP, in a night at 02:00 UTC. */
export function useLateErrors(): LateErrorsFixture {
  const queues = useQueues(
    ...['late', 'dead', 'other'].map((name) => queueOf(name, { visibilityTimeoutSeconds: 180 })),
  );
  let tables: Awaited<ReturnType<typeof startTables>>;
  let buckets: Buckets;
  let domainName: string;
  let clock: FakeClock;
  let ledger: Ledger;
  let delays: number[];
  let logged: string[];

  beforeAll(async () => {
    tables = await startTables();
  });
  afterAll(() => tables.stop());
  beforeEach(async () => {
    // Keeps the tests apart in the ledger: they share the tables, which take longer to make than all the rest.
    domainName = randomUUID();
    buckets = await startBuckets();
    clock = createFakeClock(NIGHT);
    const scope = { client: tables.client, tableName: TABLES.ledger, domainName, objectTypeName: 'Customer' };
    ledger = createLedger({ ...scope, clock });
    delays = [];
    logged = [];
    vi.spyOn(logger, 'warn').mockImplementation((text, ...more) => {
      logged.push(`${text} ${(more[0] as unknown as { error: Error }).error}`);
    });
  });
  afterEach(() => buckets.stop());

  async function received(body: string, messageAttributes: SQSMessageAttributes = {}): Promise<SQSRecord> {
    const QueueUrl = urlOf('late');
    await queues.client.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
    const { Messages = [] } = await queues.client.send(
      new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'] }),
    );
    const [message] = Messages;
    if (Messages.length !== 1 || message?.Body !== body) throw new Error('The message should be the only one.');
    const { MessageId = '', ReceiptHandle = '', Attributes = {} } = message;
    const record = {
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body,
      attributes: Attributes,
      messageAttributes,
    };
    return record as unknown as SQSRecord;
  }

  async function entryOf(customerKey: string): Promise<Entry | undefined> {
    return (await ledger.readOne(customerKey)).entry;
  }

  return {
    queues,
    received,
    entryOf,
    get clock() {
      return clock;
    },
    get ledger() {
      return ledger;
    },
    get delays() {
      return delays;
    },
    get logged() {
      return logged;
    },
    environment(over = {}) {
      const { client } = queues;
      const queue = createSourceQueue({ client, queueUrl: urlOf('late'), deadLetterQueueUrl: urlOf('dead') });
      const comeBackIn = async (_message: SQSRecord, seconds: number) => {
        delays.push(seconds);
      };
      return {
        ledger,
        clock,
        mapping,
        domainName,
        s3: buckets.s3,
        runBucket: RUNS,
        queue: { ...queue, comeBackIn },
        ...over,
      };
    },
    late(customerKey, over = {}) {
      const object = JSON.stringify({ id: customerKey, name: NAME });
      const body = { domainName, objectTypeName: 'Customer', object, errorMessage: `No profile for ${NAME}.`, ...over };
      return received(JSON.stringify(body));
    },
    async synced(customerKey, over = {}, runId = 'run-1') {
      const version = { sourceTime: 1, exportTime: 1, uploadTime: 2, row: 3, rule: 'exportTime' };
      await ledger.write(customerKey, await ledger.readOne(customerKey), {
        known: { version, fingerprint: 'F1', runId, sentAt: clock.now() - 60_000, filled: ['id', 'name'], kept: [] },
        expiresAt: NIGHT / 1_000 + 1_000_000,
        ...over,
      });
    },
    async nextRun(customerKey) {
      const version = { sourceTime: 9, exportTime: 9, uploadTime: 9, row: 9, rule: 'exportTime' };
      const record = { version, fingerprint: 'F1', runId: 'next', resync: false, unchangedMovesVersion: false };
      const decision = decide(
        await entryOf(customerKey),
        { ...record, refreshAfter: 1e12, clears: [] },
        clock.now(),
        false,
      );
      return decision.kind === 'refused' ? decision.refusal : decision.kind;
    },
    async filesUnder(prefix) {
      const { Contents = [] } = await buckets.s3.send(new ListObjectsV2Command({ Bucket: RUNS, Prefix: prefix }));
      return Contents.map(({ Key = '' }) => Key);
    },
    async fileOf(key) {
      return JSON.parse(await buckets.text(RUNS, key)) as Record<string, unknown>;
    },
  };
}

/** Ids of the messages that come again. */
export function back({ response }: Awaited<ReturnType<typeof noteLateErrors>>): string[] {
  return response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}
