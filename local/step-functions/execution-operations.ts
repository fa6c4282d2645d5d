import { ApiError } from '../json-protocol.ts';
import type { HistoryEvent } from '../states/history.ts';
import { checkArn, requiredArn } from './arns.ts';
import type { Executions } from './executions.ts';
import { page, pageRequest } from './paging.ts';
import type { Operation } from './protocol.ts';
import type { ExecutionRow, Queries } from './queries.ts';
import { redriveStatus } from './redrivable.ts';
import type { StateMachines } from './state-machines.ts';

const STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'];

/** What includeExecutionData=false leaves out of an event. */
const EXECUTION_DATA = [
  'input',
  'inputDetails',
  'output',
  'outputDetails',
  'parameters',
  'assignedVariables',
  'assignedVariablesDetails',
];

/** Characters, from the service model (TraceHeader). */
const MAX_TRACE_HEADER = 256;

export function executionOperations(
  executions: Executions,
  machines: StateMachines,
  queries: Queries,
): Record<string, Operation> {
  return {
    StartExecution(params) {
      // Nothing here traces.
      params.string('traceHeader', MAX_TRACE_HEADER);
      const { arn, startDate } = executions.start({
        stateMachineArn: params.requiredString('stateMachineArn'),
        name: params.string('name'),
        input: params.string('input'),
      });
      return { executionArn: arn, startDate: startDate / 1000 };
    },
    StopExecution(params) {
      const arn = requiredArn(params, 'executionArn', 'execution');
      const { stopDate } = executions.stop(arn, params.string('error'), params.string('cause'));
      return { stopDate: seconds(stopDate) };
    },
    RedriveExecution(params) {
      const arn = requiredArn(params, 'executionArn', 'execution');
      const { redriveDate } = executions.redrive(arn, params.string('clientToken'));
      return { redriveDate: seconds(redriveDate) };
    },
    DescribeExecution(params) {
      const execution = executions.get(requiredArn(params, 'executionArn', 'execution'));
      const included = params.oneOf('includedData', ['ALL_DATA', 'METADATA_ONLY']) !== 'METADATA_ONLY';
      return describe(execution, included);
    },
    DescribeStateMachineForExecution(params) {
      const execution = executions.get(requiredArn(params, 'executionArn', 'execution'));
      const { machineArn, mapRunArn } = execution;
      if (mapRunArn !== undefined) {
        throw new ApiError('ValidationException', 'Only of executions that no Map Run started, on the embedded stack.');
      }
      const included = params.oneOf('includedData', ['ALL_DATA', 'METADATA_ONLY']) !== 'METADATA_ONLY';
      const { definition, roleArn, created } = queries.definitionOf(execution);
      return {
        stateMachineArn: machineArn,
        name: machineArn.slice(machineArn.lastIndexOf(':') + 1),
        definition: included ? definition : '{}',
        roleArn,
        updateDate: created / 1000,
      };
    },
    GetExecutionHistory(params) {
      const execution = executions.get(requiredArn(params, 'executionArn', 'execution'));
      const request = pageRequest(params);
      const reverse = params.boolean('reverseOrder') ?? false;
      const withData = params.boolean('includeExecutionData') ?? true;
      const rows = queries.events(execution, { reverse, after: request.after, limit: request.size + 1 });
      const { items, nextToken } = page(rows, request, ({ id }) => id);
      return { events: items.map((event) => historyEvent(event, withData)), nextToken };
    },
    ListExecutions(params) {
      const machineArn = params.string('stateMachineArn');
      const mapRunArn = params.string('mapRunArn');
      if ((machineArn === undefined) === (mapRunArn === undefined)) {
        throw new ApiError('ValidationException', 'Give either stateMachineArn or mapRunArn.');
      }
      if (machineArn !== undefined) machines.get(checkArn(machineArn, 'stateMachine'));
      if (mapRunArn !== undefined && queries.mapRun(checkArn(mapRunArn, 'mapRun')) === undefined) {
        throw new ApiError('ResourceNotFound', `Resource not found: '${mapRunArn}'`);
      }
      const status = params.oneOf('statusFilter', STATUSES);
      const redriveFilter = params.oneOf('redriveFilter', ['REDRIVEN', 'NOT_REDRIVEN']);
      if (mapRunArn === undefined && (redriveFilter !== undefined || status === 'PENDING_REDRIVE')) {
        throw new ApiError('ValidationException', 'Redrive filters need a mapRunArn.');
      }
      const request = pageRequest(params);
      const rows = queries.executions({
        machineArn,
        mapRunArn,
        status,
        redriven: redriveFilter === undefined ? undefined : redriveFilter === 'REDRIVEN',
        before: request.after,
        limit: request.size + 1,
      });
      const { items, nextToken } = page(rows, request, ({ id }) => id);
      return { executions: items.map(listItem), nextToken };
    },
  };
}

function listItem(execution: ExecutionRow) {
  const { arn, machineArn, name, status, startDate, stopDate, mapRunArn, redriveCount, redriveDate } = execution;
  return {
    executionArn: arn,
    stateMachineArn: machineArn,
    name,
    status,
    startDate: startDate / 1000,
    stopDate: seconds(stopDate),
    redriveCount,
    redriveDate: seconds(redriveDate),
    ...(mapRunArn !== undefined && { mapRunArn }),
  };
}

function describe(execution: ExecutionRow, included: boolean) {
  const { input, output, error, cause } = execution;
  const redrive = redriveStatus(execution);
  return {
    ...listItem(execution),
    ...(included && { input, output, error, cause }),
    inputDetails: { included },
    ...(output !== undefined && { outputDetails: { included } }),
    redriveStatus: redrive.status,
    redriveStatusReason: redrive.reason,
  };
}

function historyEvent({ id, previousEventId, timestamp, type, details }: HistoryEvent, withData: boolean) {
  const kept = Object.entries(details ?? {}).filter(([name]) => withData || !EXECUTION_DATA.includes(name));
  return {
    id,
    previousEventId,
    timestamp: timestamp / 1000,
    type,
    ...(details && { [detailsMember(type)]: Object.fromEntries(kept) }),
  };
}

/** All state types share the members of their entered and exited events. */
function detailsMember(type: string): string {
  const shared = /State(Entered|Exited)$/.exec(type)?.[0];
  const stem = shared ?? type;
  return `${stem.charAt(0).toLowerCase()}${stem.slice(1)}EventDetails`;
}

function seconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}
