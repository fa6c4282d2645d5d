import type { BatchGetCommandOutput, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { BatchGetCommand, DeleteCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Entry } from '../../../../functions/shared/ledger/entry.ts';
import { createFullExports } from '../../../../functions/shared/ledger/full-exports.ts';
import { ABSENT, createLedger } from '../../../../functions/shared/ledger/ledger.ts';
import { createFakeClock } from '../../../helpers/fake-clock.ts';
import { startTables, TABLES } from '../../../helpers/tables.ts';

const clock = createFakeClock();
const EXPIRES = clock.now() / 1000 + 1_000;
const version = { sourceTime: 1, exportTime: 2, uploadTime: 3, row: 4, rule: 'exportTime' };

const FULL_ENTRY: Entry = {
  known: { version, fingerprint: 'F1', runId: 'run', sentAt: 5, filled: ['a', 'b'], kept: ['b'], cleared: ['c'] },
  claim: { id: 'c', version: { ...version, row: 9 }, fingerprint: 'F2', deadline: 7, fills: ['a'] },
  fence: { fingerprint: 'F2', until: 8 },
  refusal: { fingerprint: 'F3', code: 'REFUSED', reason: 'no', runId: 'run' },
  late: { fingerprint: 'F1', messages: ['m1', 'm2'], open: true, resends: 1 },
  expiresAt: EXPIRES,
};

let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.stop());

function ledgerOn(client: DynamoDBDocumentClient) {
  return createLedger({ client, tableName: TABLES.ledger, domainName: 'demo', objectTypeName: 'Customer', clock });
}

describe('the ledger', () => {
  it('gives back each part of an entry as it was written', async () => {
    const ledger = ledgerOn(tables.client);
    await ledger.write('whole', ABSENT, FULL_ENTRY);
    expect((await ledger.readOne('whole')).entry).toEqual(FULL_ENTRY);
    expect((await ledger.read(['whole'])).get('whole')?.entry).toEqual(FULL_ENTRY);
  });

  it('keeps an entry of usual size within one write unit', async () => {
    const ledger = ledgerOn(tables.client);
    const filled = Array.from({ length: 20 }, (_, index) => `fieldName${index}`);
    const known = {
      ...FULL_ENTRY.known,
      version,
      fingerprint: 'x'.repeat(22),
      runId: 'x'.repeat(36),
      filled,
      kept: [],
    };
    const claim = { id: 'x'.repeat(12), version, fingerprint: 'x'.repeat(22), deadline: 1_800_000_000_000 };
    const late = { fingerprint: 'x'.repeat(22), messages: Array(8).fill('x'.repeat(8)), open: true, resends: 3 };
    const entry = { known: { ...known, sentAt: 1_800_000_000_000 }, claim, late, expiresAt: EXPIRES };
    await ledger.write('size', ABSENT, entry);
    const { Items = [] } = await tables.client.send(
      new ScanCommand({ TableName: TABLES.ledger, ReturnConsumedCapacity: 'TOTAL' }),
    );
    const item = Items.find(({ pk }) => String(pk).endsWith('#size'));
    expect(JSON.stringify(item).length).toBeLessThan(1024);
  });

  it('writes only over what was read', async () => {
    const ledger = ledgerOn(tables.client);
    const first = await ledger.write('cas', ABSENT, FULL_ENTRY);
    expect(first.written).toBe(true);
    expect(await ledger.write('cas', ABSENT, FULL_ENTRY)).toEqual({ written: false, snapshot: first.snapshot });
    const second = await ledger.write('cas', first.snapshot, { expiresAt: EXPIRES });
    expect(second.written).toBe(true);
    expect((await ledger.write('cas', first.snapshot, FULL_ENTRY)).written).toBe(false);
  });

  it('knows its own write again when the answer to it was lost and the SDK repeated it', async () => {
    const client = Object.create(tables.client) as DynamoDBDocumentClient;
    let repeated = false;
    client.send = (async (command: Parameters<DynamoDBDocumentClient['send']>[0]) => {
      const answer = await tables.client.send(command);
      if (command.constructor.name === 'PutCommand' && !repeated) {
        repeated = true;
        return tables.client.send(command);
      }
      return answer;
    }) as DynamoDBDocumentClient['send'];
    expect((await ledgerOn(client).write('lost', ABSENT, FULL_ENTRY)).written).toBe(true);
    expect(repeated).toBe(true);
  });

  it('takes an entry past its expiry for absent, and can still write over it', async () => {
    const ledger = ledgerOn(tables.client);
    await ledger.write('expired', ABSENT, { ...FULL_ENTRY, expiresAt: clock.now() / 1000 });
    const snapshot = (await ledger.read(['expired'])).get('expired') ?? ABSENT;
    expect(snapshot.entry).toBeUndefined();
    expect((await ledger.write('expired', snapshot, FULL_ENTRY)).written).toBe(true);
  });

  it('does not take an entry that DynamoDB deleted since it was read for one of another writer', async () => {
    const ledger = ledgerOn(tables.client);
    await ledger.write('swept', ABSENT, { ...FULL_ENTRY, expiresAt: clock.now() / 1000 });
    const seen = await ledger.readOne('swept');
    await tables.client.send(new DeleteCommand({ TableName: TABLES.ledger, Key: { pk: 'demo#Customer#swept' } }));
    const first = await ledger.write('swept', seen, FULL_ENTRY);
    expect(first).toEqual({ written: false, snapshot: ABSENT });
    expect((await ledger.write('swept', first.snapshot, FULL_ENTRY)).written).toBe(true);
  });

  it('reads more keys than one request may hold, each once, the absent among them', async () => {
    const ledger = ledgerOn(tables.client);
    await ledger.write('k150', ABSENT, FULL_ENTRY);
    const keys = Array.from({ length: 250 }, (_, index) => `k${index}`);
    const found = await ledger.read([...keys, 'k150']);
    expect(found.size).toBe(250);
    expect([...found].filter(([, { entry }]) => entry).map(([key]) => key)).toEqual(['k150']);
  });

  it('asks for unprocessed keys again instead of taking them for absent', async () => {
    const ledger = ledgerOn(tables.client);
    await ledger.write('u1', ABSENT, FULL_ENTRY);
    await ledger.write('u2', ABSENT, FULL_ENTRY);
    const client = Object.create(tables.client) as DynamoDBDocumentClient;
    let cut = 0;
    client.send = (async (command: BatchGetCommand) => {
      const [first, ...others] = command.input.RequestItems?.[TABLES.ledger]?.Keys ?? [];
      if (others.length === 0 || !first) return tables.client.send(command);
      cut += 1;
      const answer: BatchGetCommandOutput = await tables.client.send(
        new BatchGetCommand({ RequestItems: { [TABLES.ledger]: { Keys: [first], ConsistentRead: true } } }),
      );
      return { ...answer, UnprocessedKeys: { [TABLES.ledger]: { Keys: others, ConsistentRead: true } } };
    }) as DynamoDBDocumentClient['send'];
    const found = await clock.until(ledgerOn(client).read(['u1', 'u2']));
    expect([found.get('u1')?.entry, found.get('u2')?.entry]).toEqual([FULL_ENTRY, FULL_ENTRY]);
    expect(cut).toBe(1);
  });

  it('keeps domains and object types apart', async () => {
    await ledgerOn(tables.client).write('shared', ABSENT, FULL_ENTRY);
    const other = createLedger({
      client: tables.client,
      tableName: TABLES.ledger,
      domainName: 'demo',
      objectTypeName: 'Other',
      clock,
    });
    expect((await other.readOne('shared')).entry).toBeUndefined();
  });
});

describe('the register of full exports', () => {
  it('keeps the newest export time, in whatever order they come', async () => {
    const exports = createFullExports({
      client: tables.client,
      runTable: TABLES.run,
      domainName: 'demo',
      objectTypeName: 'Customer',
    });
    expect(await exports.newest()).toBeUndefined();
    for (const time of [200, 300, 100]) await exports.register(time);
    expect(await exports.newest()).toBe(300);
  });
});
