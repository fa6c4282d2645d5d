import { ChildPool } from './child-pool.ts';
import { type ExecutionInfo, itemContext } from './context.ts';
import { type Failure, Interrupted, RUNTIME_ERROR, StateFailure } from './errors.ts';
import { type RunningExecution, redriveExecution, startExecution } from './execution.ts';
import type { Batching } from './item-batcher.ts';
import type { ItemSource } from './item-reader.ts';
import { type Json, type JsonObject, type Payload, parsePayload, payloadOf } from './json.ts';
import { checkSize, dataLimitExceeded, MAX_MAP_RUN_REDRIVES, MAX_PAYLOAD_BYTES } from './limits.ts';
import { type LoadedResultWriter, type ResultDestination, transformed } from './result-writer.ts';
import type { StateGraph } from './state.ts';
import type { ItemCounts, StoredMapRun, WaitingChild } from './store.ts';
import type { Template } from './template.ts';
import { isExceeded, type Tolerance } from './tolerance.ts';
import type { Visit } from './visit.ts';

export interface MapRunPlan {
  /** Undefined: AWS makes one up, so do we. */
  readonly label: string | undefined;
  readonly graph: StateGraph;
  readonly itemSelector: Template | undefined;
  /** 0: as many as AWS allows. */
  readonly maxConcurrency: number;
  readonly tolerance: Tolerance;
  readonly batching: Batching;
  /** Undefined: the result is what the children returned. */
  readonly destination: ResultDestination | undefined;
  readonly transformation: LoadedResultWriter['transformation'];
}

const THRESHOLD_EXCEEDED: Failure = {
  error: 'States.ExceedToleratedFailureThreshold',
  cause: 'The specified tolerated failure threshold was exceeded',
};

/**
 * Runs one child execution per item, or batch of items, and returns the array of their outputs, or where a ResultWriter
 * wrote them. A failure more than is tolerated stops the other children.
 *
 * @throws StateFailure after MapRunFailed was written.
 */
export async function runMapRun(visit: Visit, plan: MapRunPlan, source: ItemSource): Promise<Payload> {
  const { machinery, execution, history } = visit.run;
  const { random, store, clock } = machinery;
  checkPermissions(visit);
  const label = plan.label ?? random.uuid();
  const arn = `${arnOf(visit, 'mapRun', label)}:${random.uuid()}`;
  const machineArn = arnOf(visit, 'stateMachine', label);
  const { maxConcurrency, tolerance } = plan;
  const startDate = clock.now();
  store.addMapRun({ arn, executionArn: execution.arn, machineArn, startDate, maxConcurrency, tolerance });
  history.add('MapRunStarted', { mapRunArn: arn });
  const mapRun = new MapRun(visit, plan, { arn, label, children: 0, started: 0, waiting: [] });
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
  const { children = 0, started, maxConcurrency, tolerance } = stored;
  checkPermissions(visit);
  const redriveCount = stored.redriveCount + 1;
  if (redriveCount > MAX_MAP_RUN_REDRIVES) {
    const cause = visit.cause(`A Map Run can be redriven at most ${MAX_MAP_RUN_REDRIVES} times.`);
    throw new StateFailure({ error: RUNTIME_ERROR, cause });
  }
  machinery.store.redriveMapRun(arn, redriveCount, machinery.clock.now());
  history.add('MapRunRedriven', { mapRunArn: arn, redriveCount });
  const label = arn.split(/[/:]/).at(-2) ?? '';
  const waiting = machinery.store.awaitRedrive(arn);
  const mapRun = new MapRun(visit, { ...plan, maxConcurrency, tolerance }, { arn, label, children, started, waiting });
  return conclude(visit, mapRun, () => mapRun.runChildren());
}

/**
 * What AWS's guide has the role be allowed before a Map Run starts, on the resources that it names; it does not say which
 * call needs which. docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
 *
 * @throws StateFailure
 */
function checkPermissions({ run: { machinery, execution } }: Visit): void {
  const { integrations } = machinery;
  integrations.authorizeChildren?.('StartExecution', execution.machineArn);
  integrations.authorizeChildren?.('DescribeExecution', execution.arn);
  integrations.authorizeChildren?.('StopExecution', execution.arn);
}

/** Writes how the Map Run ended, whatever it was that ended it. */
async function conclude(visit: Visit, mapRun: MapRun, work: () => Promise<void>): Promise<Payload> {
  const { history, signal } = visit.run;
  const interrupt = () => mapRun.end('ABORTED');
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    await work();
    const result = await mapRun.result();
    mapRun.end('SUCCEEDED');
    history.add('MapRunSucceeded');
    return result;
  } catch (error) {
    if (signal.aborted) throw new Interrupted();
    await mapRun.writeResults().catch(() => undefined);
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
  readonly children: number;
  /** Children that were ever started: the first ones. */
  readonly started: number;
  /** Children to redrive. */
  readonly waiting: readonly WaitingChild[];
}

class MapRun {
  readonly #arn: string;
  readonly #visit: Visit;
  readonly #plan: MapRunPlan;
  readonly #label: string;
  readonly #pool: ChildPool;
  readonly #waiting: Iterator<WaitingChild>;
  /** Items of the children at work. */
  readonly #itemsOf = new Map<RunningExecution, number>();
  #tolerance: Tolerance;
  #children: number;
  #started: number;
  #items: ItemCounts = { total: 0, unsuccessful: 0 };
  #ended = false;

  constructor(visit: Visit, plan: MapRunPlan, { arn, label, children, started, waiting }: Standing) {
    this.#visit = visit;
    this.#plan = plan;
    this.#arn = arn;
    this.#label = label;
    this.#tolerance = plan.tolerance;
    this.#children = children;
    this.#started = started;
    this.#waiting = waiting.values();
    this.#pool = new ChildPool(plan.maxConcurrency);
    visit.run.machinery.mapRuns.set(arn, {
      limitTo: (maxConcurrency) => this.#pool.limitTo(maxConcurrency),
      tolerate: (tolerance) => {
        this.#tolerance = { ...this.#tolerance, ...tolerance };
      },
    });
  }

  /** Notes the input of every child before the first one starts: a source that breaks off starts none. */
  async readItems(source: ItemSource): Promise<void> {
    const { store } = this.#visit.run.machinery;
    for await (const { input, items } of this.#plan.batching(this.#inputs(source))) {
      if (this.#ended) throw new Interrupted();
      checkSize(input, this.#visit.stateName);
      store.addChildInput(this.#arn, this.#children, { input: input.text, items });
      this.#children += 1;
    }
    store.endChildInputs(this.#arn, this.#children);
  }

  async *#inputs({ source, items }: ItemSource): AsyncIterable<Payload> {
    const { itemSelector } = this.#plan;
    let index = 0;
    for await (const item of items) {
      const map = itemContext({ ...item, index, source });
      const value = itemSelector ? await itemSelector.evaluate(this.#visit.scope({ map })) : item.value;
      yield checkSize(payloadOf(value), this.#visit.stateName);
      index += 1;
    }
  }

  /** @throws StateFailure if more failed than is tolerated. Children that can't be redriven any more count as failed. */
  async runChildren(): Promise<void> {
    this.#items = this.#visit.run.machinery.store.itemCounts(this.#arn);
    const tolerated = await this.#pool.run(
      () => this.#next(),
      (child) => {
        const unsuccessful = this.#items.unsuccessful + (this.#itemsOf.get(child) ?? 0);
        this.#items = { ...this.#items, unsuccessful };
        return !this.#isExceeded();
      },
    );
    if (!tolerated || this.#isExceeded()) throw new StateFailure(THRESHOLD_EXCEEDED);
  }

  #isExceeded(): boolean {
    return isExceeded(this.#tolerance, this.#items.unsuccessful, this.#items.total);
  }

  #next(): RunningExecution | undefined {
    const { machinery } = this.#visit.run;
    const { graph } = this.#plan;
    const waiting = this.#waiting.next();
    if (!waiting.done) {
      machinery.integrations.authorizeChildren?.('RedriveExecution', waiting.value.arn);
      return this.#launch(waiting.value, (execution) => redriveExecution(machinery, { graph, execution }));
    }
    if (this.#started === this.#children) return undefined;
    const itemIndex = this.#started++;
    const name = machinery.random.uuid();
    const arn = `${arnOf(this.#visit, 'execution', this.#label)}:${name}`;
    const child = { arn, name, itemIndex, startDate: machinery.clock.now(), redriveCount: 0 };
    const parent = { mapRunArn: this.#arn, itemIndex };
    return this.#launch(child, (execution) => startExecution(machinery, { graph, parent, execution }));
  }

  #launch(child: WaitingChild, start: (execution: ExecutionInfo) => RunningExecution): RunningExecution {
    const { arn, name, itemIndex, startDate, redriveCount } = child;
    const { machinery, execution } = this.#visit.run;
    const { input, items } = machinery.store.childInput(this.#arn, itemIndex);
    const machineArn = arnOf(this.#visit, 'stateMachine', this.#label);
    const running = start({
      arn,
      name,
      input: parsePayload(input),
      startDate,
      roleArn: execution.roleArn,
      redriveCount,
      machineArn,
      machineName: machineArn.slice(machineArn.lastIndexOf(':') + 1),
    });
    this.#itemsOf.set(running, items);
    // After the pool has asked whether its failure is tolerated.
    void running.done.then(() => setImmediate(() => this.#itemsOf.delete(running)));
    return running;
  }

  /** What the Map returns. @throws StateFailure `States.DataLimitExceeded` before more than the limit is in memory. */
  async result(): Promise<Payload> {
    const written = await this.writeResults();
    if (written !== undefined) return payloadOf(written);
    const outputs: Json[] = [];
    let bytes = 2;
    for (const { status, output = 'null' } of this.#visit.run.machinery.store.childResults(this.#arn)) {
      if (status !== 'SUCCEEDED') continue;
      bytes += Buffer.byteLength(output) + 1;
      if (bytes > MAX_PAYLOAD_BYTES) throw dataLimitExceeded(this.#visit.stateName);
      outputs.push(JSON.parse(output));
    }
    return payloadOf([...transformed(outputs, this.#plan.transformation)]);
  }

  /** Undefined without a ResultWriter. */
  async writeResults(): Promise<JsonObject | undefined> {
    const { store, integrations } = this.#visit.run.machinery;
    return this.#plan.destination?.write(this.#arn, store, integrations);
  }

  end(status: 'SUCCEEDED' | 'FAILED' | 'ABORTED'): void {
    if (this.#ended) return;
    this.#ended = true;
    const { store, clock, mapRuns } = this.#visit.run.machinery;
    store.endMapRun(this.#arn, status, clock.now());
    mapRuns.delete(this.#arn);
    this.#pool.stop();
  }
}

/** `…:stateMachine:NAME` or a child's `…:stateMachine:NAME/LABEL` as `…:<type>:NAME/<label>`. */
function arnOf(visit: Visit, type: 'stateMachine' | 'execution' | 'mapRun', label: string): string {
  const [arn, partition, service, region, account, , name = ''] = visit.run.execution.machineArn.split(':');
  return [arn, partition, service, region, account, type, `${name.split('/')[0]}/${label}`].join(':');
}
