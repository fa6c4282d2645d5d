import type { HistoryEvent } from '../../../local/states/history.ts';
import type {
  ExecutionEnd,
  ExecutionStore,
  MapRunStatus,
  NewExecution,
  NewMapRun,
} from '../../../local/states/store.ts';

interface StoredExecution extends NewExecution {
  readonly events: HistoryEvent[];
  end?: ExecutionEnd;
}

interface StoredMapRun extends NewMapRun {
  readonly items: string[];
  status: MapRunStatus;
}

/** The interpreter's store in memory, open to the eyes of a test. */
export class MemoryStore implements ExecutionStore {
  readonly executions = new Map<string, StoredExecution>();
  readonly mapRuns = new Map<string, StoredMapRun>();

  addExecution(execution: NewExecution): void {
    this.executions.set(execution.arn, { ...execution, events: [] });
  }

  addEvent(executionArn: string, event: HistoryEvent): void {
    this.execution(executionArn).events.push(event);
  }

  endExecution(executionArn: string, end: ExecutionEnd): void {
    this.execution(executionArn).end = end;
  }

  addMapRun(run: NewMapRun): void {
    this.mapRuns.set(run.arn, { ...run, items: [], status: 'RUNNING' });
  }

  endMapRun(mapRunArn: string, status: Exclude<MapRunStatus, 'RUNNING'>): void {
    this.mapRun(mapRunArn).status = status;
  }

  addItem(mapRunArn: string, index: number, input: string): void {
    this.mapRun(mapRunArn).items[index] = input;
  }

  itemInput(mapRunArn: string, index: number): string {
    return this.mapRun(mapRunArn).items[index] ?? '';
  }

  childOutputs(mapRunArn: string): string[] {
    return this.children(mapRunArn).flatMap(({ end }) => (end?.output === undefined ? [] : [end.output]));
  }

  /** In the order of their items. */
  children(mapRunArn: string): StoredExecution[] {
    const children = [...this.executions.values()].filter(({ parent }) => parent?.mapRunArn === mapRunArn);
    return children.sort((a, b) => (a.parent?.itemIndex ?? 0) - (b.parent?.itemIndex ?? 0));
  }

  execution(arn: string): StoredExecution {
    const found = this.executions.get(arn);
    if (found === undefined) throw new Error(`no execution ${arn}`);
    return found;
  }

  mapRun(arn: string): StoredMapRun {
    const found = this.mapRuns.get(arn);
    if (found === undefined) throw new Error(`no Map Run ${arn}`);
    return found;
  }
}
