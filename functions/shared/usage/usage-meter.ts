import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { FunctionUse } from '../contracts.ts';
import { requiredNumberEnv } from '../env.ts';

/** Bytes of a write request unit. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html, read 2026-11. */
const WRITE_UNIT_BYTES = 1_024;
/** What S3 bills at the price of a PUT. https://aws.amazon.com/s3/pricing/, read 2026-11. */
const BILLED_AS_PUT = /^(Put|Copy|List|Upload|CreateMultipart|CompleteMultipart)/;
/** S3 does not bill these. */
const FREE = /^(Delete|Abort)/;
const READS = /^(Get|BatchGet|Query|Scan)/;

/** Counts what a function asks DynamoDB and S3 for. */
export interface UsageMeter {
  /** @returns what was used since this call, each time it is asked. */
  start(): () => FunctionUse;
}

/** The meter of a deployed function. @throws InvalidConfiguration if Lambda's own variables are missing. */
export function functionMeter(clients: { readonly dynamo: DynamoDBDocumentClient; readonly s3: S3Client }): UsageMeter {
  return createUsageMeter({ ...clients, mib: requiredNumberEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE'), now: Date.now });
}

/**
 * Of clients that nothing else uses, and of one invocation at a time, as Lambda has it.
 *
 * @param options.mib memory of the function.
 * @param options.now epoch milliseconds.
 */
export function createUsageMeter(options: {
  readonly dynamo: DynamoDBDocumentClient;
  readonly s3: S3Client;
  readonly mib: number;
  readonly now: () => number;
}): UsageMeter {
  const { mib, now } = options;
  const total = { reads: 0, writes: 0, puts: 0, gets: 0 };
  meterDynamo(options.dynamo, total);
  meterS3(options.s3, total);
  return {
    start() {
      const before = { ...total };
      const startedAt = now();
      return () => ({
        ms: now() - startedAt,
        mib,
        reads: total.reads - before.reads,
        writes: total.writes - before.writes,
        puts: total.puts - before.puts,
        gets: total.gets - before.gets,
      });
    },
  };
}

function meterDynamo({ middlewareStack }: DynamoDBDocumentClient, total: { reads: number; writes: number }): void {
  middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        try {
          const answer = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } });
          const { ConsumedCapacity = [] } = answer.output as {
            ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[];
          };
          const kind = READS.test(commandName) ? 'reads' : 'writes';
          for (const { CapacityUnits = 0 } of [ConsumedCapacity].flat()) total[kind] += CapacityUnits;
          return answer;
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException) total.writes += unitsOfRefused(args.input);
          throw error;
        }
      },
    { step: 'initialize', name: 'usageOfDynamo' },
  );
}

interface ConsumedCapacity {
  readonly CapacityUnits?: number;
}

/**
 * A write whose condition fails is billed by the item that is there, at least one unit, and the answer does not say how
 * large that is: it is taken to be as large as the one that was to take its place.
 */
function unitsOfRefused(input: object): number {
  const bytes = 'Item' in input ? Buffer.byteLength(JSON.stringify(input.Item)) : 0;
  return Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));
}

/** Within the SDK's retries: each of them is a request. */
function meterS3({ middlewareStack }: S3Client, total: { puts: number; gets: number }): void {
  middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        if (!FREE.test(commandName)) total[BILLED_AS_PUT.test(commandName) ? 'puts' : 'gets'] += 1;
        return next(args);
      },
    { step: 'deserialize', priority: 'low', name: 'usageOfS3' },
  );
}
