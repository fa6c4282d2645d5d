import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../clock.ts';
import { InvalidConfiguration } from '../errors.ts';
import { createFullExports } from '../ledger/full-exports.ts';
import { createLedger } from '../ledger/ledger.ts';
import type { Mapping } from '../mapping/types.ts';
import type { BatchWriter } from '../profiles/batch-writer.ts';
import type { CustomerDeleter } from '../profiles/customer-deleter.ts';
import type { ProfileClearer } from '../profiles/profile-clearer.ts';
import { CALL_TIMEOUT_MS, type ProfileWriter, type PutResult } from '../profiles/profile-writer.ts';
import type { ApiName } from '../rate-budget/api-rates.ts';
import type { Asker } from '../rate-budget/budget-state.ts';
import { createPermitQueue, type PermitQueue } from '../rate-budget/permit-queue.ts';
import { createRateBudget, type RateBudget } from '../rate-budget/rate-budget.ts';
import type { RatePlan } from '../rate-plan.ts';
import { createClaims } from './claims.ts';
import type { ClearingOptions } from './clearing.ts';
import type { DeletingOptions } from './deleting.ts';
import { createRecordSync, type RecordSync, type RecordSyncOptions } from './record-sync.ts';
import { createTurns, type Turns } from './turns.ts';
import { createTurnsByCall } from './turns-by-call.ts';
import { createTurnsByItem } from './turns-by-item.ts';

/** Milliseconds before the end of an invocation in which no call starts: one call's time-out, and the notes after it. */
const LAST_CALL_BEFORE_END_MS = CALL_TIMEOUT_MS + 5_000;
/** Milliseconds by which the clocks of two workers may differ. */
export const CLOCK_MARGIN_MS = 2_000;

/** What every worker of the deployed stack has in common. */
export interface SyncEnvironment {
  readonly dynamo: DynamoDBDocumentClient;
  readonly writer: ProfileWriter;
  /** @default - exports are sent one by one, as live events are. */
  readonly batchWriter?: BatchWriter;
  /** @default - the mapping clears no field. */
  readonly clearer?: ProfileClearer;
  /** @default - the mapping deletes nothing, or the worker may not. */
  readonly deleter?: CustomerDeleter;
  readonly clock: Clock;
  readonly mapping: Mapping;
  readonly plan: RatePlan;
  readonly domainName: string;
  readonly tables: { readonly run: string; readonly ledger: string; readonly budget: string };
}

export type SyncOfInvocation = Pick<
  RecordSyncOptions,
  'runId' | 'resync' | 'unchangedAlwaysMoves' | 'refuseDeletes' | 'isPoison' | 'isAlone' | 'onOutcome'
> & {
  /** Hears of what each permit was used for. */
  readonly onCall: (result: PutResult['kind']) => void;
  /** Of the API that records are sent with. */
  readonly budget: RateBudget;
  /** For an environment with a `clearer`. */
  readonly clearing?: Pick<ClearingOptions, 'budget' | 'onClear'> | undefined;
  /** For an environment with a `deleter`. */
  readonly deleting?: Pick<DeletingOptions, 'budget' | 'onDelete'> | undefined;
  /** Epoch milliseconds when Lambda ends this invocation. */
  readonly endsAt: number;
};

/** The budget of an API that the deployment uses. */
export function openBudget(environment: SyncEnvironment, api: ApiName, kind: Asker['kind']): RateBudget {
  const { dynamo, tables, clock, plan } = environment;
  const rate = plan.rates[api];
  if (!rate)
    throw new InvalidConfiguration(`This deployment has no rate for ${api}; the stack sets one where it is used.`);
  return createRateBudget({ client: dynamo, tableName: tables.budget, api, asker: { kind, ...rate }, clock });
}

/** A sync of records for one invocation of a worker. */
export function openSync(environment: SyncEnvironment, invocation: SyncOfInvocation): RecordSync {
  const { dynamo, tables, clock, plan, mapping, domainName, clearer, deleter } = environment;
  const { endsAt, budget, onCall, clearing, deleting, ...ofRun } = invocation;
  const { name: objectTypeName, expirationDays } = mapping.definition.objectType;
  const scope = { client: dynamo, domainName, objectTypeName };
  const ledger = createLedger({ ...scope, tableName: tables.ledger, clock });
  const until = endsAt - LAST_CALL_BEFORE_END_MS;
  const permitsOf = (of: RateBudget) => createPermitQueue({ budget: of, clock, until });
  return createRecordSync({
    ...ofRun,
    mapping,
    ledger,
    claims: createClaims({ ledger, clock, expirationDays, deadline: endsAt + CLOCK_MARGIN_MS }),
    budget,
    turns: openTurns(environment, permitsOf(budget), budget.api, onCall),
    clearing: clearer && clearing && { ...clearing, clearer, permits: permitsOf(clearing.budget) },
    deleting: deleter && deleting && { ...deleting, deleter, permits: permitsOf(deleting.budget) },
    fullExports: createFullExports({ ...scope, runTable: tables.run }),
    clock,
    maxCallsInFlight: plan.maxCallsInFlight,
    until,
  });
}

function openTurns(
  { writer, batchWriter, clock, plan }: SyncEnvironment,
  permits: PermitQueue,
  api: ApiName,
  onCall: (result: PutResult['kind']) => void,
): Turns {
  if (api !== 'BatchPutProfileObject' || !batchWriter) return createTurns({ permits, writer, onCall });
  const shared = { permits, writer: batchWriter, clock, onCall };
  return plan.recordsPerPermit > 1 ? createTurnsByCall(shared) : createTurnsByItem(shared);
}
