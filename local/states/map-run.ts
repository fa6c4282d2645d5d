import { itemContext } from './context.ts';
import { type Failure, Interrupted, StateFailure } from './errors.ts';
import { type RunningExecution, startExecution } from './execution.ts';
import { type Json, type Payload, parsePayload, payloadOf } from './json.ts';
import { checkSize, dataLimitExceeded, MAX_CHILDREN, MAX_PAYLOAD_BYTES } from './limits.ts';
import type { StateGraph } from './state.ts';
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
  const { history, signal } = visit.run;
  const mapRun = new MapRun(visit, plan);
  history.add('MapRunStarted', { mapRunArn: mapRun.arn });
  const interrupt = () => mapRun.end('ABORTED');
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    await mapRun.readItems(source);
    await mapRun.runChildren();
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

class MapRun {
  readonly arn: string;
  readonly #visit: Visit;
  readonly #plan: MapRunPlan;
  readonly #label: string;
  readonly #atWork = new Set<RunningExecution>();
  #items = 0;
  #ended = false;

  constructor(visit: Visit, plan: MapRunPlan) {
    const { machinery, execution } = visit.run;
    this.#visit = visit;
    this.#plan = plan;
    this.#label = plan.label ?? machinery.random.uuid();
    this.arn = `${this.#arnOf('mapRun')}:${machinery.random.uuid()}`;
    machinery.store.addMapRun({
      arn: this.arn,
      executionArn: execution.arn,
      machineArn: this.#arnOf('stateMachine'),
      startDate: machinery.clock.now(),
      maxConcurrency: plan.maxConcurrency,
    });
  }

  /** Notes every item with the input of its child, before the first child starts: a source that breaks off starts none. */
  async readItems({ source, items }: ItemSource): Promise<void> {
    const { store } = this.#visit.run.machinery;
    for await (const item of items) {
      if (this.#ended) throw new Interrupted();
      const input = await this.#select(item, source);
      store.addItem(this.arn, this.#items, input.text);
      this.#items += 1;
    }
  }

  async #select(item: Json, source: string): Promise<Payload> {
    const { itemSelector } = this.#plan;
    const scope = itemSelector && this.#visit.scope({ map: itemContext(this.#items, item, source) });
    const input = itemSelector && scope ? await itemSelector.evaluate(scope) : item;
    return checkSize(payloadOf(input), this.#visit.stateName);
  }

  /** @throws StateFailure if a child did not succeed. */
  async runChildren(): Promise<void> {
    let next = 0;
    let failed = false;
    const worker = async () => {
      while (next < this.#items && !failed && !this.#ended) {
        const child = this.#start(next++);
        this.#atWork.add(child);
        const { status } = await child.done;
        this.#atWork.delete(child);
        if (status === 'SUCCEEDED' || failed) continue;
        failed = true;
        this.#stopChildren();
      }
    };
    const workers = Math.min(this.#plan.maxConcurrency || MAX_CHILDREN, this.#items);
    await Promise.all(Array.from({ length: workers }, worker));
    if (failed) throw new StateFailure(THRESHOLD_EXCEEDED);
  }

  #start(index: number): RunningExecution {
    const { machinery, execution } = this.#visit.run;
    const name = machinery.random.uuid();
    const machineArn = this.#arnOf('stateMachine');
    return startExecution(machinery, {
      graph: this.#plan.graph,
      parent: { mapRunArn: this.arn, itemIndex: index },
      execution: {
        arn: `${this.#arnOf('execution')}:${name}`,
        name,
        input: parsePayload(machinery.store.itemInput(this.arn, index)),
        startDate: machinery.clock.now(),
        roleArn: execution.roleArn,
        redriveCount: 0,
        machineArn,
        machineName: machineArn.slice(machineArn.lastIndexOf(':') + 1),
      },
    });
  }

  /** @throws StateFailure `States.DataLimitExceeded` before more than the limit is in memory. */
  result(): Payload {
    const outputs: string[] = [];
    let bytes = 2;
    for (const output of this.#visit.run.machinery.store.childOutputs(this.arn)) {
      bytes += Buffer.byteLength(output) + 1;
      if (bytes > MAX_PAYLOAD_BYTES) throw dataLimitExceeded(this.#visit.stateName);
      outputs.push(output);
    }
    return parsePayload(`[${outputs.join(',')}]`);
  }

  end(status: 'SUCCEEDED' | 'FAILED' | 'ABORTED'): void {
    if (this.#ended) return;
    this.#ended = true;
    const { store, clock } = this.#visit.run.machinery;
    store.endMapRun(this.arn, status, clock.now());
    this.#stopChildren();
  }

  #stopChildren(): void {
    for (const child of this.#atWork) child.stop();
  }

  /** `…:stateMachine:NAME` or a child's `…:stateMachine:NAME/LABEL` as `…:<type>:NAME/<this label>`. */
  #arnOf(type: 'stateMachine' | 'execution' | 'mapRun'): string {
    const [arn, partition, service, region, account, , name = ''] = this.#visit.run.execution.machineArn.split(':');
    return [arn, partition, service, region, account, type, `${name.split('/')[0]}/${this.#label}`].join(':');
  }
}
