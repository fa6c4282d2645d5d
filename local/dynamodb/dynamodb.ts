import { mkdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { readBody, sendJson, sendJsonError } from '../http.ts';
import { type Refusal, refuseNobody } from '../iam/access.ts';
import type { Count } from '../meter.ts';
import { REGION, type Service } from '../service.ts';
import { accessesOf, ON_ITEMS, OPERATIONS } from './access.ts';
import { askingForUnits, countUnits } from './request-units.ts';

const ACCESS_DENIED = 'com.amazon.coral.service#AccessDeniedException';

/** DynamoDB by dynalite, kept in LevelDB. It expires nothing: whoever reads an item past its TTL takes it for absent. */
export interface DynamoDbService extends Service {
  /** Creates the table if it is absent, through the endpoint at `url`; ready to use when it resolves. */
  createTable(url: string, table: CreateTableCommandInput): Promise<void>;
}

export async function createDynamoDb({
  directory,
  refuse = refuseNobody,
  count = () => {},
}: {
  directory: string;
  refuse?: Refusal;
  count?: Count<'dynamodb'>;
}): Promise<DynamoDbService> {
  mkdirSync(directory, { recursive: true });
  const server = dynalite({ path: directory, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  // Requests are handed over without a second connection; it listens all the same, on a port that nobody is told,
  // because its close() leaves the store open if it never did.
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve());
  });

  const underWay = new Set<Promise<void>>();
  let closing = false;

  return {
    signingName: 'dynamodb',
    async handle(request, response, caller) {
      const operation = String(request.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
      if (!OPERATIONS.includes(operation)) {
        const message = `The embedded DynamoDB has no operation '${operation}'.`;
        return sendJsonError(response, 501, 'NotImplemented', message);
      }
      const body = (await readBody(request)).toString('utf8');
      for (const access of accessesOf(operation, body)) {
        const Message = refuse(caller, access);
        if (Message) return sendJson(response, 400, { __type: ACCESS_DENIED, Message });
      }
      if (closing) {
        response.destroy();
        return;
      }
      const isMetered = ON_ITEMS.includes(operation);
      const answered = whenAnswered(response, (answer) => {
        if (isMetered) countUnits(operation, body, answer, count);
      }).finally(() => underWay.delete(answered));
      underWay.add(answered);
      server.emit('request', detached(request, isMetered ? askingForUnits(body) : body), response);
    },
    async createTable(url, table) {
      const client = new DynamoDBClient({
        endpoint: url,
        region: REGION,
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      });
      try {
        await client.send(new CreateTableCommand(table));
      } catch (error) {
        if (!(error instanceof ResourceInUseException)) throw error;
      }
      try {
        await active(client, String(table.TableName));
      } finally {
        client.destroy();
      }
    },
    async close() {
      // dynalite ends the process when a request finds its store closed, also one whose caller is gone.
      closing = true;
      await Promise.all(underWay);
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      });
    },
  };
}

async function active(client: DynamoDBClient, TableName: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    if (Table?.TableStatus === 'ACTIVE') return;
    await sleep(10);
  }
  throw new Error(`The table ${TableName} of the embedded stack does not become ACTIVE; start afresh to make it anew.`);
}

/** Resolves when dynalite answers, whether anybody listens or not. */
function whenAnswered(response: ServerResponse, onAnswer: (answer: string) => void): Promise<void> {
  const end = response.end.bind(response);
  return new Promise((resolve) => {
    response.end = (answer: unknown) => {
      onAnswer(String(answer));
      resolve();
      return end(answer);
    };
  });
}

/** The request as dynalite reads it, cut off from its socket: dynalite ends the process when a caller dies in the middle of a request. */
function detached(request: IncomingMessage, body: string): Readable {
  const { headers, method, url } = request;
  return Object.assign(Readable.from([Buffer.from(body)]), { headers, method, url });
}
