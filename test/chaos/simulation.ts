import { type ReadEvent, readEvent } from './oracle/event.ts';
import { type ReadExport, readExport } from './oracle/export.ts';
import { clearedPaths, type MappingFile, readMapping } from './oracle/mapping.ts';
import { Oracle } from './oracle/oracle.ts';
import type { Statement } from './oracle/statement.ts';
import { isOlder, type Version } from './oracle/version.ts';
import { createRandom, type Random } from './random.ts';
import type { Difference, Observation, ObservedDeadLetter, ObservedRun, Phase, Scenario } from './types.ts';

/** Sets its choices apart from those of the scenario. */
const CHOICES_OF_THE_SIMULATION = 99;
const FIRST_UPLOAD = Date.UTC(2026, 10, 22);
const UPLOADS_PER_SECOND = 3;
/** Of the records in phases with service errors. */
const LOST_SHARE = 0.25;

type Sum = { synced: number; unchanged: number; stale: number; deleted: number; rejected: number };

interface Run {
  readonly observed: Omit<ObservedRun, 'status' | 'summary' | 'rejected'>;
  readonly read: ReadExport;
  readonly sum: Sum;
  readonly rejected: { row: number; code: string }[];
}

interface Entry {
  readonly known?: { readonly version: Version; readonly content: string };
  /** Left over by a record that a failing service cost. */
  readonly claim?: { readonly version: Version; readonly content: string };
}

/**
 * A system that does what it must, one record after the other in a random order: what the oracle has to take for right.
 * Phases with faults lose some records to SERVICE_ERROR, of which the service took some all the same.
 */
export class Simulation {
  /** Set for a system with one of these bugs. */
  readonly sendsOlder: boolean;
  readonly clearsNothing: boolean;
  readonly deletesNothing: boolean;
  readonly #mapping: MappingFile;
  readonly #cleared: ReadonlySet<string>;
  readonly #random: Random;
  readonly #ledger = new Map<string, Entry>();
  readonly #profiles = new Map<string, Record<string, string>>();
  readonly #uploadsOfName = new Map<string, number[]>();
  #registered = Number.NEGATIVE_INFINITY;
  #uploads = 0;

  constructor(
    scenario: Scenario,
    random: Random,
    { sendsOlder = false, clearsNothing = false, deletesNothing = false } = {},
  ) {
    this.#mapping = readMapping(scenario.mapping);
    this.#random = random;
    this.sendsOlder = sendsOlder;
    this.clearsNothing = clearsNothing;
    this.deletesNothing = deletesNothing;
    this.#cleared = clearedPaths(this.#mapping);
  }

  perform({ steps }: Phase): Observation {
    const mayLose = steps.some((step) => step.kind === 'fault' && step.fault.kind === 'serviceErrors');
    const runs: Run[] = [];
    const deadLetters: ObservedDeadLetter[] = [];
    const tasks: { readonly at: number; readonly work: () => void }[] = [];
    for (const step of steps) {
      if (step.kind === 'export') {
        const run = this.#run(step.name, (uploadTime) => readExport(this.#mapping, step, uploadTime));
        runs.push(run);
        tasks.push(...this.#tasksOf(run, mayLose));
      } else if (step.kind === 'event') {
        const { detail } = step;
        const deliver = (): void => {
          const code = this.#deliver(readEvent(this.#mapping, step), mayLose);
          if (code !== undefined) deadLetters.push({ detail, code });
        };
        tasks.push({ at: this.#moment(), work: deliver });
      }
    }
    for (const { work } of tasks.toSorted((a, b) => a.at - b.at)) work();
    return { runs: runs.map(observedRun), deadLetters, profiles: structuredClone(this.#profiles) };
  }

  #run(name: string, read: (uploadTime: number) => ReadExport): Run {
    const second = FIRST_UPLOAD + Math.floor(this.#uploads++ / UPLOADS_PER_SECOND) * 1_000;
    const seconds = this.#uploadsOfName.get(name) ?? [];
    this.#uploadsOfName.set(name, [...seconds, second]);
    const olderInSecond = seconds.filter((one) => one === second).length;
    return {
      observed: { runId: `run-${this.#uploads}`, name, uploadTime: second, versionOrder: seconds.length },
      read: read(second + olderInSecond),
      sum: { synced: 0, unchanged: 0, stale: 0, deleted: 0, rejected: 0 },
      rejected: [],
    };
  }

  #tasksOf({ read, sum, rejected }: Run, mayLose: boolean) {
    const start = this.#moment();
    const register = (): void => {
      if (read.isFull) this.#registered = Math.max(this.#registered, read.exportTime);
      sum.stale += read.superseded.size;
      for (const [row, code] of read.rejected) rejected.push({ row, code });
    };
    const rows = [...read.statements].map(([row, statement]) => ({
      at: start + (1 - start) * this.#moment(),
      work: (): void => {
        const outcome = this.#sync(statement, mayLose, false);
        if (outcome === 'lost') rejected.push({ row, code: 'SERVICE_ERROR' });
        else sum[outcome] += 1;
      },
    }));
    return [{ at: start, work: register }, ...rows];
  }

  #deliver(read: ReadEvent, mayLose: boolean): string | undefined {
    if ('code' in read) return read.code;
    return this.#sync(read.says, mayLose, true) === 'lost' ? 'SERVICE_ERROR' : undefined;
  }

  #sync(
    statement: Statement,
    mayLose: boolean,
    isLive: boolean,
  ): 'synced' | 'unchanged' | 'stale' | 'deleted' | 'lost' {
    const { customerKey, version, content, isDeletion } = statement;
    const { known, claim } = this.#ledger.get(customerKey) ?? {};
    if (known && isOlder(version, known.version) && !this.sendsOlder) return 'stale';
    if (claim && claim.content !== content && isOlder(version, claim.version)) return 'stale';
    if (known?.content === content && !claim) {
      if (this.#moves(known.version, version, isLive)) this.#ledger.set(customerKey, { known: { version, content } });
      return 'unchanged';
    }
    if (version[1] < this.#registered) return 'stale';
    const isLost = mayLose && this.#random.chance(LOST_SHARE);
    if (!isLost || this.#random.chance(0.5)) {
      if (!isDeletion) this.#fill(statement);
      else if (!this.deletesNothing) this.#profiles.delete(customerKey);
    }
    if (!isLost && !isDeletion && !this.clearsNothing) this.#clear(statement);
    this.#ledger.set(
      customerKey,
      isLost ? { ...(known && { known }), claim: { version, content } } : { known: { version, content } },
    );
    if (isLost) return 'lost';
    return isDeletion ? 'deleted' : 'synced';
  }

  #moves(known: Version, version: Version, isLive: boolean): boolean {
    if (this.#mapping.updatedAt) return version[0] > known[0];
    return (isLive || this.#mapping.exports.contains === 'changes') && isOlder(known, version);
  }

  #fill({ customerKey, fields }: Statement): void {
    this.#profiles.set(customerKey, { ...this.#profiles.get(customerKey), ...Object.fromEntries(fields) });
  }

  #clear({ customerKey, fields }: Statement): void {
    const isEmptied = (path: string) => this.#cleared.has(path) && !fields.has(path);
    const kept = Object.entries(this.#profiles.get(customerKey) ?? {}).filter(([path]) => !isEmptied(path));
    this.#profiles.set(customerKey, Object.fromEntries(kept));
  }

  /** From 0 to 1. */
  #moment(): number {
    return this.#random.int(0, 1_000_000) / 1_000_000;
  }
}

function observedRun({ observed, read, sum, rejected }: Run): ObservedRun {
  const summary = { ...sum, accounted: true, rows: read.rows, duplicates: read.superseded.size };
  return { ...observed, status: 'SUCCEEDED', summary: { ...summary, rejected: rejected.length }, rejected };
}

/** What the oracle finds in a scenario that the simulation performs. */
export function judgedSimulation(
  scenario: Scenario,
  options: { sendsOlder?: boolean; clearsNothing?: boolean; deletesNothing?: boolean } = {},
): Difference[] {
  const simulation = new Simulation(scenario, createRandom(scenario.seed, CHOICES_OF_THE_SIMULATION), options);
  const oracle = new Oracle(scenario);
  return scenario.phases.flatMap((phase) => oracle.differences(simulation.perform(phase)));
}
