import { ChildPool } from './child-pool.ts';
import { type ExecutionInfo, itemContext } from './context.ts';
import { type Failure, Interrupted, StateFailure } from './errors.ts';
import { type RunningExecution, redriveExecution, startExecution } from './execution.ts';
import { type Json, type Payload, parsePayload, payloadOf } from './json.ts';
import { checkSize, dataLimitExceeded, MAX_PAYLOAD_BYTES } from './limits.ts';
import type { StateGraph } from './state.ts';
import type { StoredMapRun, WaitingChild } from './store.ts';
import type { Template } from './template.ts';
import type { Visit } from './visit.ts';

export interface MapRunPlan {
  /** Undefined: AWS makes one up, so do we. */
  readonly label: string | undefined;
  readonly graph: StateGraph;
  readonly itemSelector: Template | undefined;
  /** 0: as many as AWS allows. */
  readonly maxConcurrency: number;
}

export interface ItemSource {
  readonly source: string;
  readonly items: AsyncIterable<Json>;
}

const THRESHOLD_EXCEEDED: Failure = {
  error: 'States.ExceedToleratedFailureThreshold',
  cause: 'The specified tolerated failure threshold was exceeded',
};

/**
 * Runs one child execution per item and returns the array of their outputs. No failure is tolerated: the first child
 * that does not succeed stops the others.
 *
 * @throws StateFailure after MapRunFailed was written.
 */
export async function runMapRun(visit: Visit, plan: MapRunPlan, source: ItemSource): Promise<Payload> {
  const { machinery, execution, history } = visit.run;
  const { random, store, clock } = machinery;
  const label = plan.label ?? random.uuid();
  const arn = `${arnOf(visit, 'mapRun', label)}:${random.uuid()}`;
  const machineArn = arnOf(visit, 'stateMachine', label);
  const { maxConcurrency } = plan;
  store.addMapRun({ arn, executionArn: execution.arn, machineArn, startDate: clock.now(), maxConcurrency });
  history.add('MapRunStarted', { mapRunArn: arn });
  const mapRun = new MapRun(visit, plan, { arn, label, items: 0, started: 0, waiting: [] });
  return conclude(visit, mapRun, async () => {
    await mapRun.readItems(source);
    await mapRun.runChildren();
  });
}

/**
 * Goes on with a Map Run whose items were all read: its children that did not succeed are redriven, those that never
 * started are started, those that succeeded stay as they are.
 *
 * @throws StateFailure after MapRunFailed was written.
 */
export async function redriveMapRun(
  visit: Visit,
  plan: MapRunPlan,
  arn: string,
  stored: StoredMapRun,
): Promise<Payload> {
  const { machinery, history } = visit.run;
  const { items = 0, started, maxConcurrency } = stored;
  const redriveCount = stored.redriveCount + 1;
  machinery.store.redriveMapRun(arn, redriveCount, machinery.clock.now());
  history.add('MapRunRedriven', { mapRunArn: arn, redriveCount });
  const label = arn.split(/[/:]/).at(-2) ?? '';
  const waiting = machinery.store.awaitRedrive(arn);
  const mapRun = new MapRun(visit, { ...plan, maxConcurrency }, { arn, label, items, started, waiting });
  return conclude(visit, mapRun, () => mapRun.runChildren());
}

/** Writes how the Map Run ended, whatever it was that ended it. */
async function conclude(visit: Visit, mapRun: MapRun, work: () => Promise<void>): Promise<Payload> {
  const { history, signal } = visit.run;
  const interrupt = () => mapRun.end('ABORTED');
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    await work();
    const result = mapRun.result();
    mapRun.end('SUCCEEDED');
    history.add('MapRunSucceeded');
    return result;
  } catch (error) {
    if (signal.aborted) throw new Interrupted();
    mapRun.end('FAILED');
    const failure = visit.failureOf(error);
    history.add('MapRunFailed', { error: failure.error ?? '', cause: failure.cause ?? '' });
    throw new StateFailure(failure);
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}

interface Standing {
  readonly arn: string;
  readonly label: string;
  readonly items: number;
  /** Children that were ever started: those of the first items. */
  readonly started: number;
  /** Children to redrive. */
  readonly waiting: readonly WaitingChild[];
}

class MapRun {
  readonly #arn: string;
  readonly #visit: Visit;
  readonly #plan: MapRunPlan;
  readonly #label: string;
  readonly #children: ChildPool;
  readonly #waiting: Iterator<WaitingChild>;
  #items: number;
  #started: number;
  #ended = false;

  constructor(visit: Visit, plan: MapRunPlan, { arn, label, items, started, waiting }: Standing) {
    this.#visit = visit;
    this.#plan = plan;
    this.#arn = arn;
    this.#label = label;
    this.#items = items;
    this.#started = started;
    this.#waiting = waiting.values();
    this.#children = new ChildPool(plan.maxConcurrency);
    visit.run.machinery.children.set(arn, this.#children);
  }

  /** Notes every item with the input of its child, before the first child starts: a source that breaks off starts none. */
  async readItems({ source, items }: ItemSource): Promise<void> {
    const { store } = this.#visit.run.machinery;
    for await (const item of items) {
      if (this.#ended) throw new Interrupted();
      const input = await this.#select(item, source);
      store.addItem(this.#arn, this.#items, input.text);
      this.#items += 1;
    }
    store.endItems(this.#arn, this.#items);
  }

  async #select(item: Json, source: string): Promise<Payload> {
    const { itemSelector } = this.#plan;
    const scope = itemSelector && this.#visit.scope({ map: itemContext(this.#items, item, source) });
    const input = itemSelector && scope ? await itemSelector.evaluate(scope) : item;
    return checkSize(payloadOf(input), this.#visit.stateName);
  }

  /** @throws StateFailure if a child did not succeed. */
  async runChildren(): Promise<void> {
    const succeeded = await this.#children.run(() => this.#next());
    if (!succeeded) throw new StateFailure(THRESHOLD_EXCEEDED);
  }

  #next(): RunningExecution | undefined {
    const { machinery } = this.#visit.run;
    const { graph } = this.#plan;
    const waiting = this.#waiting.next();
    if (!waiting.done) return redriveExecution(machinery, { graph, execution: this.#child(waiting.value) });
    if (this.#started === this.#items) return undefined;
    const itemIndex = this.#started++;
    const name = machinery.random.uuid();
    const arn = `${arnOf(this.#visit, 'execution', this.#label)}:${name}`;
    const startDate = machinery.clock.now();
    return startExecution(machinery, {
      graph,
      parent: { mapRunArn: this.#arn, itemIndex },
      execution: this.#child({ arn, name, itemIndex, startDate, redriveCount: 0 }),
    });
  }

  #child({ arn, name, itemIndex, startDate, redriveCount }: WaitingChild): ExecutionInfo {
    const { machinery, execution } = this.#visit.run;
    const machineArn = arnOf(this.#visit, 'stateMachine', this.#label);
    return {
      arn,
      name,
      input: parsePayload(machinery.store.itemInput(this.#arn, itemIndex)),
      startDate,
      roleArn: execution.roleArn,
      redriveCount,
      machineArn,
      machineName: machineArn.slice(machineArn.lastIndexOf(':') + 1),
    };
  }

  /**
   * @throws StateFailure `States.DataLimitExceeded` before more than the limit is in memory; as for a failed child if one
   *   could not be redriven any more.
   */
  result(): Payload {
    const outputs: string[] = [];
    let bytes = 2;
    for (const output of this.#visit.run.machinery.store.childOutputs(this.#arn)) {
      bytes += Buffer.byteLength(output) + 1;
      if (bytes > MAX_PAYLOAD_BYTES) throw dataLimitExceeded(this.#visit.stateName);
      outputs.push(output);
    }
    if (outputs.length < this.#items) throw new StateFailure(THRESHOLD_EXCEEDED);
    return parsePayload(`[${outputs.join(',')}]`);
  }

  end(status: 'SUCCEEDED' | 'FAILED' | 'ABORTED'): void {
    if (this.#ended) return;
    this.#ended = true;
    const { store, clock, children } = this.#visit.run.machinery;
    store.endMapRun(this.#arn, status, clock.now());
    children.delete(this.#arn);
    this.#children.stop();
  }
}

/** `…:stateMachine:NAME` or a child's `…:stateMachine:NAME/LABEL` as `…:<type>:NAME/<label>`. */
function arnOf(visit: Visit, type: 'stateMachine' | 'execution' | 'mapRun', label: string): string {
  const [arn, partition, service, region, account, , name = ''] = visit.run.execution.machineArn.split(':');
  return [arn, partition, service, region, account, type, `${name.split('/')[0]}/${label}`].join(':');
}
