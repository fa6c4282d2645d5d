import type { HistoryEvent } from '../../../local/states/history.ts';
import type {
  ChildInput,
  ChildResult,
  ExecutionEnd,
  ExecutionStatus,
  ExecutionStore,
  ItemCounts,
  MapRunStatus,
  NewExecution,
  NewMapRun,
  StoredMapRun,
  WaitingChild,
} from '../../../local/states/store.ts';

interface MemoryExecution extends NewExecution {
  readonly events: HistoryEvent[];
  status: ExecutionStatus;
  redriveCount: number;
  redriveDate?: number;
  end?: ExecutionEnd | undefined;
}

interface MemoryMapRun extends NewMapRun {
  readonly inputs: ChildInput[];
  children: number | undefined;
  status: MapRunStatus;
  redriveCount: number;
}

/** The interpreter's store in memory, open to the eyes of a test. */
export class MemoryStore implements ExecutionStore {
  readonly executions = new Map<string, MemoryExecution>();
  readonly mapRuns = new Map<string, MemoryMapRun>();

  addExecution(execution: NewExecution): void {
    this.executions.set(execution.arn, { ...execution, events: [], status: 'RUNNING', redriveCount: 0 });
  }

  addEvent(executionArn: string, event: HistoryEvent): void {
    this.execution(executionArn).events.push(event);
  }

  events(executionArn: string): readonly HistoryEvent[] {
    return this.execution(executionArn).events;
  }

  endExecution(executionArn: string, end: ExecutionEnd): void {
    Object.assign(this.execution(executionArn), { end, status: end.status });
  }

  redriveExecution(executionArn: string, redriveCount: number, redriveDate: number): void {
    const changes = { status: 'RUNNING', end: undefined, redriveCount, redriveDate };
    Object.assign(this.execution(executionArn), changes);
  }

  addMapRun(run: NewMapRun): void {
    this.mapRuns.set(run.arn, { ...run, inputs: [], children: undefined, status: 'RUNNING', redriveCount: 0 });
  }

  mapRun(mapRunArn: string): StoredMapRun & MemoryMapRun {
    const found = this.mapRuns.get(mapRunArn);
    if (found === undefined) throw new Error(`no Map Run ${mapRunArn}`);
    return Object.assign(found, { started: this.children(mapRunArn).length });
  }

  redriveMapRun(mapRunArn: string, redriveCount: number): void {
    Object.assign(this.mapRun(mapRunArn), { status: 'RUNNING', redriveCount });
  }

  awaitRedrive(mapRunArn: string): readonly WaitingChild[] {
    const unsuccessful = this.children(mapRunArn).filter(({ status }) => status !== 'SUCCEEDED');
    return unsuccessful.map((child) => {
      child.status = 'PENDING_REDRIVE';
      return { ...child, itemIndex: child.parent?.itemIndex ?? 0 };
    });
  }

  endMapRun(mapRunArn: string, status: Exclude<MapRunStatus, 'RUNNING'>): void {
    this.mapRun(mapRunArn).status = status;
    for (const child of this.children(mapRunArn)) {
      if (child.status === 'PENDING_REDRIVE' && child.end) child.status = child.end.status;
    }
  }

  addChildInput(mapRunArn: string, index: number, child: ChildInput): void {
    this.mapRun(mapRunArn).inputs[index] = child;
  }

  endChildInputs(mapRunArn: string, count: number): void {
    this.mapRun(mapRunArn).children = count;
  }

  childInput(mapRunArn: string, index: number): ChildInput {
    return this.mapRun(mapRunArn).inputs[index] ?? { input: '', items: 0 };
  }

  itemCounts(mapRunArn: string): ItemCounts {
    const { inputs } = this.mapRun(mapRunArn);
    const unsuccessful = this.children(mapRunArn).filter(({ status }) => /FAILED|TIMED_OUT|ABORTED/.test(status));
    return {
      total: inputs.reduce((sum, { items }) => sum + items, 0),
      unsuccessful: unsuccessful.reduce((sum, { parent }) => sum + (inputs[parent?.itemIndex ?? 0]?.items ?? 0), 0),
    };
  }

  childResults(mapRunArn: string): ChildResult[] {
    return this.children(mapRunArn).map((child) => ({ ...child, ...child.end }));
  }

  /** In the order of their items. */
  children(mapRunArn: string): MemoryExecution[] {
    const children = [...this.executions.values()].filter(({ parent }) => parent?.mapRunArn === mapRunArn);
    return children.sort((a, b) => (a.parent?.itemIndex ?? 0) - (b.parent?.itemIndex ?? 0));
  }

  execution(arn: string): MemoryExecution {
    const found = this.executions.get(arn);
    if (found === undefined) throw new Error(`no execution ${arn}`);
    return found;
  }
}
