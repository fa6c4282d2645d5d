import type { Difference, EventStep, ExportStep, FaultKind, Observation, Phase, Scenario } from '../types.ts';
import { Customer, type Known, type Rules, type Said } from './customer.ts';
import { canonical, type Delivered, deadLetterFaults, lostDetails } from './dead-letters.ts';
import { readEvent } from './event.ts';
import { type ReadExport, readExport } from './export.ts';
import { clearedPaths, type MappingFile, readMapping } from './mapping.ts';
import { accountFaults, countFaults, lostRows, type Taken, takenBy } from './runs.ts';
import type { Statement } from './statement.ts';

/** Faults after which a record may be rejected with SERVICE_ERROR: calls of Customer Profiles that end without an answer or with a 5xx. */
const COSTLY: ReadonlySet<FaultKind> = new Set([
  'serviceErrors',
  'droppedBefore',
  'droppedAfter',
  'freeze',
  'timeout',
  'restart',
]);

/**
 * Says what the exports and events of a scenario must come to, from their bytes alone: it shares no code with the
 * product. Where several records of one phase are about one customer, all that some order of their calls explains is
 * allowed; a phase that was one export must be as counted here, to the row.
 */
export class Oracle {
  readonly #scenario: Scenario;
  readonly #mapping: MappingFile;
  readonly #uploads = new Map<string, number[]>();
  #known: ReadonlyMap<string, Known> = new Map();
  /** Export time of the newest full export so far. */
  #registered = Number.NEGATIVE_INFINITY;
  #phase = 0;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#mapping = readMapping(scenario.mapping);
  }

  /**
   * What is not as it must be after the next phase. The oracle goes on from what was observed; after a difference the
   * phases behind it prove nothing.
   */
  differences(observation: Observation): Difference[] {
    const index = this.#phase++;
    const phase = this.#scenario.phases[index];
    if (phase === undefined) throw new RangeError(`The scenario has no phase ${index}.`);
    return this.#faults(phase, observation).map((what) => ({ phase: index, what }));
  }

  #faults(phase: Phase, observation: Observation): string[] {
    const exports = phase.steps.filter((step): step is ExportStep => step.kind === 'export');
    const { taken, faults } = takenBy(exports, observation.runs, this.#uploads);
    // Without its run an export has no version, so nothing can be said about the profiles.
    if (faults.length > 0) return [...faults];

    const kinds = new Set(phase.steps.flatMap((step) => (step.kind === 'fault' ? [step.fault.kind] : [])));
    const mayFail = [...kinds].some((kind) => COSTLY.has(kind));
    const runs = taken.map((one) => ({ ...one, read: readExport(this.#mapping, one.step, one.uploadTime) }));
    const events = phase.steps
      .filter((step): step is EventStep => step.kind === 'event')
      .map((step) => ({ step, read: readEvent(this.#mapping, step) }));

    const registered = Math.max(
      this.#registered,
      ...runs.filter(({ read }) => read.isFull).map(({ read }) => read.exportTime),
    );
    const said = this.#said(runs, events, observation, registered);
    const rules: Rules = {
      unchangedMayStay: this.#mapping.updatedAt !== undefined || this.#mapping.exports.contains === 'full',
      bySourceTime: this.#mapping.updatedAt !== undefined,
      isDisturbed: kinds.size > 0,
      cleared: clearedPaths(this.#mapping),
    };
    const customers = new Map<string, Customer>();
    for (const key of new Set([...this.#known.keys(), ...said.keys()])) {
      customers.set(key, new Customer(this.#known.get(key), said.get(key) ?? [], rules));
    }
    this.#registered = registered;
    this.#known = new Map(
      [...customers].map(([key, customer]) => [key, customer.after(observation.profiles.get(key))]),
    );
    return [
      ...runs.flatMap((one) => runFaults(one, customers, said, mayFail)),
      ...deadLetterFaults(events, observation.deadLetters, mayFail, kinds.size > 0),
      ...profileFaults(customers, observation),
    ];
  }

  /** Everything that the phase says, by customer. */
  #said(
    runs: readonly (Taken & { readonly read: ReadExport })[],
    events: readonly Delivered[],
    { deadLetters }: Observation,
    registered: number,
  ): ReadonlyMap<string, Said[]> {
    const guard = ({ version: [, exportTime] }: Statement): Said['guard'] => {
      if (exportTime < this.#registered) return 'never';
      return exportTime < registered ? 'maybe' : 'open';
    };
    const lost = lostDetails(deadLetters);
    const fromRuns = runs.flatMap(({ run, read }) => {
      const rows = lostRows(run);
      return [...read.statements].map(([row, statement]) => ({ statement, isLost: rows.has(row) }));
    });
    const fromEvents = events.flatMap(({ step, read }) =>
      'says' in read ? [{ statement: read.says, isLost: lost.has(canonical(step.detail)) }] : [],
    );
    const said = [...fromRuns, ...fromEvents].map((one) => ({ ...one, guard: guard(one.statement) }));
    return Map.groupBy(said, ({ statement }) => statement.customerKey);
  }
}

function runFaults(
  one: Taken & { readonly read: ReadExport },
  customers: ReadonlyMap<string, Customer>,
  said: ReadonlyMap<string, readonly Said[]>,
  mayFail: boolean,
): string[] {
  const { run, read } = one;
  const accounts = accountFaults(one, read, mayFail);
  const own = new Set(read.statements.values());
  const allowed = [...own].flatMap(({ customerKey }) =>
    (said.get(customerKey) ?? [])
      .filter(({ statement, isLost }) => own.has(statement) && !isLost)
      .map((sayer) => customers.get(customerKey)?.outcomes(sayer) ?? new Set([])),
  );
  const superseded = [...read.superseded].map(() => new Set(['stale'] as const));
  const counts = accounts.length > 0 ? [] : countFaults(run, [...allowed, ...superseded]);
  return [...accounts, ...counts].map((fault) => `run ${run.runId} of ${run.name}: ${fault}`);
}

function profileFaults(customers: ReadonlyMap<string, Customer>, { profiles }: Observation): string[] {
  const faults: string[] = [];
  for (const key of profiles.keys()) {
    if (!customers.has(key)) faults.push(`there is a profile of ${key}, which nothing speaks of.`);
  }
  for (const [key, customer] of customers) {
    const profile = profiles.get(key);
    if (profile === undefined) {
      if (!customer.mayBeAbsent) faults.push(`there is no profile of ${key}.`);
      continue;
    }
    if (!customer.mayBeThere) faults.push(`there is a profile of ${key}, who was deleted.`);
    for (const path of new Set([...customer.paths(), ...Object.keys(profile)])) {
      const allowed = customer.allowed(path);
      const found = profile[path];
      if (allowed.has(found)) continue;
      const values = [...allowed].map((value) => JSON.stringify(value) ?? 'nothing').join(' or ');
      faults.push(`${path} of ${key} is ${JSON.stringify(found) ?? 'nothing'}, not ${values}.`);
    }
  }
  return faults;
}
