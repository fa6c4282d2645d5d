import { ApiError } from '../json-protocol.ts';
import { loadDefinition } from '../states/definition.ts';
import type { ExecutionRequest } from '../states/execution.ts';
import { parsePayload } from '../states/json.ts';
import type { ExecutionRow, Queries } from './queries.ts';
import { redriveStatus } from './redrivable.ts';

/** Of RedriveExecution, from the service model. */
const CLIENT_TOKEN = /^[!-~]{1,64}$/;
const REMEMBERED_TOKENS = 10;
const TOKEN_LIFETIME_MS = 15 * 60_000;

/** @throws ApiError `ValidationException` */
export function checkClientToken(token: string): void {
  if (CLIENT_TOKEN.test(token)) return;
  throw new ApiError('ValidationException', "Value at 'clientToken' must be 1 to 64 printable ASCII characters.");
}

/** Whether the redrive that the token asks for was done already. */
export function isRepeated(queries: Queries, execution: ExecutionRow, token: string, now: number): boolean {
  const date = queries.redriveBy(execution, token, REMEMBERED_TOKENS);
  return date !== undefined && now - date < TOKEN_LIFETIME_MS;
}

/** @throws ApiError `ExecutionNotRedrivable` */
export function checkRedrivable(execution: ExecutionRow, now: number): void {
  const { status, reason } = redriveStatus(execution, now);
  if (status === 'REDRIVABLE') return;
  const message = reason ?? 'A child of a Map Run is redriven by its parent execution: redrive that one.';
  throw new ApiError('ExecutionNotRedrivable', message);
}

/** What the execution goes on with: the definition that it started with, whatever the machine's is now. */
export function redriveRequest(queries: Queries, execution: ExecutionRow): ExecutionRequest {
  const { arn, name, machineArn, input, startDate, redriveCount } = execution;
  const { definition, roleArn } = queries.definitionOf(execution);
  const graph = loadDefinition(definition);
  const machineName = machineArn.slice(machineArn.lastIndexOf(':') + 1);
  return {
    graph,
    timeoutSeconds: graph.timeoutSeconds,
    execution: { arn, name, input: parsePayload(input), startDate, roleArn, redriveCount, machineArn, machineName },
  };
}
