import { createFullExports } from '../../../../../functions/shared/ledger/full-exports.ts';
import { createLedger } from '../../../../../functions/shared/ledger/ledger.ts';
import type { Mapping } from '../../../../../functions/shared/mapping/types.ts';
import type { RateBudget } from '../../../../../functions/shared/rate-budget/rate-budget.ts';
import { ratePlan } from '../../../../../functions/shared/rate-plan.ts';
import { CLOCK_MARGIN_MS, openSync } from '../../../../../functions/shared/sync/open-sync.ts';
import type { Outcome } from '../../../../../functions/shared/sync/outcome.ts';
import { smallMapping } from '../../../../helpers/mapping.ts';
import { TABLES } from '../../../../helpers/tables.ts';
import { emailOf } from './emails.ts';
import { createLateQueue } from './late-queue.ts';
import { EXPIRATION_DAYS, type Job, type Mode, type Said } from './script.ts';
import { createService, type Service } from './service.ts';
import { clientOf, type Execute, faultyClient } from './table.ts';
import type { Tape } from './tape.ts';
import type { Worker, World } from './world.ts';

/** Attempts of one job after the last fault: enough to outlast the claims of a dead worker. */
const MAX_PEACEFUL_ATTEMPTS = 50;
/** Short, so that others come as soon as a lock ends. */
const BACKOFF_MS = 1_500;

/** What became of each thing that a job said; of a stopped run it is not known. */
export type Told = ReadonlyMap<Said, Outcome | { readonly kind: 'stopped' }>;

/** Runs jobs until each thing they say has an outcome, as Step Functions and SQS would. */
export interface Night {
  readonly service: Service;
  /** One entry per job, two for a job that runs twice at once. */
  run(jobs: readonly Job[]): Promise<readonly Told[]>;
  /** Lets LateErrors deal with all that the service failed on. */
  noteLateErrors(): Promise<void>;
}

export function createNight(options: {
  readonly world: World;
  readonly tape: Tape;
  readonly execute: Execute;
  readonly domainName: string;
  readonly mode: Mode;
  readonly clears: boolean;
  readonly skew: number;
}): Night {
  const { world, tape, execute, domainName, mode, clears, skew } = options;
  const mapping = mappingOf(mode, clears);
  const scope = { client: clientOf(async (command) => execute(command)), domainName, objectTypeName: 'Customer' };
  const fullExports = createFullExports({ ...scope, runTable: TABLES.run });
  const ledger = createLedger({ ...scope, tableName: TABLES.ledger, clock: { now: world.now, sleep: async () => {} } });
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const late = createLateQueue({ world, tape, execute, domainName, mapping, onError });
  const service = createService(world, tape, skew, lockedFor, late.send);

  /** Whatever call arrives, the ledger keeps all other content out at that time. */
  async function lockedFor(key: string, name: string): Promise<void> {
    const fingerprint = mapping.fingerprint([key, name, emailOf(name)]);
    const { claim, fence } = (await ledger.readOne(key)).entry ?? {};
    const locks = [claim && { ...claim, until: claim.deadline }, fence];
    const locked = locks.some(
      (lock) => lock?.fingerprint === fingerprint && lock.until + CLOCK_MARGIN_MS >= world.now(),
    );
    if (!locked) throw new Error(`A call with ${name} for ${key} arrived without a claim.`);
  }

  function open(job: Job, worker: Worker, onOutcome: (said: Said, outcome: Outcome) => void) {
    const dynamo = faultyClient(world, worker, tape, execute);
    const { clock } = worker;
    const writer = { put: (object: string) => service.put(worker, job.name, object) };
    const clearer = { clear: (key: string) => service.clear(worker, key) };
    const common = { dynamo, clock, writer, mapping, domainName, plan: ratePlan(80), tables: TABLES };
    const environment = { ...common, ...(clears && { clearer }) };
    return openSync(environment, {
      runId: job.name,
      resync: job.resync,
      unchangedAlwaysMoves: job.kind === 'live',
      isPoison: () => false,
      onOutcome({ row }, outcome) {
        const said = job.said[row];
        if (said) onOutcome(said, outcome);
      },
      onCall() {},
      budget: faultyBudget(world, worker, tape),
      clearing: { budget: faultyBudget(world, worker, tape), onClear() {} },
      endsAt: worker.endsAt + worker.skew,
    });
  }

  /** One invocation: what it decided, and what is left over. Never returns if the worker is killed. */
  async function attempt(job: Job, worker: Worker, wanted: readonly Said[]): Promise<Map<Said, Outcome>> {
    const told = new Map<Said, Outcome>();
    const sync = open(job, worker, (said, outcome) => {
      if (told.has(said)) throw new Error('A record has two outcomes.');
      told.set(said, outcome);
    });
    for (const said of wanted) {
      const { key, content, time, updatedAt, runId } = said;
      const values = [key, content, emailOf(content), new Date(Date.UTC(2020, 0, updatedAt)).toISOString()];
      const version = { exportTime: time, uploadTime: time, row: said.row };
      const row = job.said.indexOf(said);
      await sync.submit([{ row, values, version, ...(job.kind === 'live' && { runId }) }]);
    }
    const leftOver = (await sync.finish()).map(({ row }) => job.said[row]);
    const accounted = new Set([...told.keys(), ...leftOver]);
    if (accounted.size !== wanted.length || told.size + leftOver.length !== wanted.length) {
      throw new Error(`${wanted.length} records: ${told.size} have an outcome, ${leftOver.length} are left over.`);
    }
    return told;
  }

  /** Attempts until nothing is left over; a chunk begins anew each time, of messages only those left over come back. */
  function drive(job: Job, onEnd: (told: Told) => void): void {
    const told = new Map<Said, Outcome>();
    let peaceful = 0;

    function again(): void {
      world.later(begin, { delay: BACKOFF_MS });
    }

    function died(): void {
      if (job.stopped) onEnd(new Map(job.said.map((said) => [said, { kind: 'stopped' }])));
      else again();
    }

    async function begin(): Promise<void> {
      if (tape.usedUp) peaceful += 1;
      if (peaceful > MAX_PEACEFUL_ATTEMPTS) throw new Error(`${job.name} has no end.`);
      if (mode === 'full' && job.kind === 'batch') await fullExports.register(job.said[0]?.time ?? 0);
      const worker = world.worker(job.skew, job.lifetime, died);
      const wanted = job.said.filter((said) => job.kind === 'batch' || !told.has(said));
      attempt(job, worker, wanted)
        .then((now) => {
          world.release(worker);
          for (const [said, outcome] of now) told.set(said, outcome);
          if (now.size < wanted.length) again();
          else onEnd(job.kind === 'batch' ? now : told);
        })
        .catch(onError);
    }
    world.later(begin);
  }

  async function until(done: () => boolean): Promise<void> {
    await world.until(() => done() || errors.length > 0);
    for (const error of errors) throw error;
  }

  return {
    service,
    async run(jobs) {
      const all = jobs.flatMap((job) => (job.twice ? [job, job] : [job]));
      const ended: Told[] = [];
      for (const job of all) drive(job, (told) => ended.push(told));
      await until(() => ended.length === all.length);
      return ended;
    },
    noteLateErrors: () => until(() => late.size === 0),
  };
}

function mappingOf(mode: Mode, clears: boolean): Mapping {
  const { fields } = smallMapping().definition;
  return smallMapping({
    fields: fields.map((field) => ({ ...field, ...(field.name === 'email' && clears && { clearWhenEmpty: true }) })),
    objectType: { name: 'Customer', description: 'test', expirationDays: EXPIRATION_DAYS },
    exports: { contains: mode === 'full' ? 'full' : 'changes' },
    ...(mode === 'updatedAt' && { updatedAt: { column: 'changed' } }),
  });
}

/** Permits at once, ahead of their time, or none; what the shared budget does with them has tests of its own. */
function faultyBudget(world: World, worker: Worker, tape: Tape): RateBudget {
  return {
    take: (wanted) =>
      world.request(worker, () => {
        const fate = tape.fate({ now: 8, ahead: 2, none: 1 });
        const at = worker.clock.now() + (fate === 'ahead' ? 900 : 0);
        return fate === 'none' ? [] : Array<number>(wanted).fill(at);
      }),
    throttled: () => world.request(worker, () => {}),
    flush: () => world.request(worker, () => {}),
    look: async () => ({ limit: 80, total: 0, acceptedAt: undefined }),
    accepted() {},
    api: 'PutProfileObject',
    taken: 0,
    limit: 80,
  };
}
