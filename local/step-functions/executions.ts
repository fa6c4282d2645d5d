import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { ApiError } from '../json-protocol.ts';
import { type RunningExecution, redriveExecution, startExecution } from '../states/execution.ts';
import { type Payload, parsePayload } from '../states/json.ts';
import { MAX_CAUSE_LENGTH, MAX_ERROR_LENGTH, MAX_PAYLOAD_BYTES } from '../states/limits.ts';
import type { Machinery } from '../states/machinery.ts';
import { checkArn, executionArn } from './arns.ts';
import type { ExecutionRow, Queries } from './queries.ts';
import { checkClientToken, checkRedrivable, isRepeated, redriveRequest } from './redrive.ts';
import type { StateMachines } from './state-machines.ts';
import type { SqliteStore } from './store.ts';

export interface StartRequest {
  readonly stateMachineArn: string;
  /** Made up if absent. */
  readonly name?: string | undefined;
  /** JSON text. */
  readonly input?: string | undefined;
}

/** docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
const NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u;

/** Starts, stops and redrives executions, and tells `onChange` of every change of a parent execution's status. */
export class Executions {
  readonly #machinery: Machinery;
  readonly #machines: StateMachines;
  readonly #store: SqliteStore;
  readonly #queries: Queries;
  readonly #onChange: (execution: ExecutionRow) => void;

  constructor(
    machinery: Machinery,
    machines: StateMachines,
    store: SqliteStore,
    queries: Queries,
    onChange: (execution: ExecutionRow) => void,
  ) {
    this.#machinery = machinery;
    this.#machines = machines;
    this.#store = store;
    this.#queries = queries;
    this.#onChange = onChange;
  }

  /** Starts an execution; a second start with the name and input of one that is running gives that one. @throws ApiError */
  start({ stateMachineArn, name = randomUUID(), input = '{}' }: StartRequest): ExecutionRow {
    const machine = this.#machines.get(checkMachineArn(stateMachineArn));
    if (!NAME.test(name)) throw new ApiError('InvalidName', `Invalid Name: '${name}'`);
    const payload = parseInput(input);
    const arn = executionArn(machine.arn, name);
    const known = this.#queries.execution(arn);
    if (known !== undefined) {
      const sameInput = isDeepStrictEqual(parsePayload(known.input).value, payload.value);
      if (known.status === 'RUNNING' && sameInput) return known;
      throw new ApiError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const started = startExecution(this.#machinery, {
      graph: machine.loaded,
      timeoutSeconds: machine.loaded.timeoutSeconds,
      execution: {
        arn,
        name,
        input: payload,
        startDate: this.#machinery.clock.now(),
        roleArn: machine.roleArn,
        redriveCount: 0,
        machineArn: machine.arn,
        machineName: machine.name,
      },
    });
    return this.#announced(started);
  }

  /**
   * Goes on with an execution that did not succeed, under its own ARN; a second request with the token of one that was
   * done changes nothing.
   *
   * @throws ApiError
   */
  redrive(arn: string, clientToken: string = randomUUID()): ExecutionRow {
    checkClientToken(clientToken);
    const execution = this.get(arn);
    const now = this.#machinery.clock.now();
    if (isRepeated(this.#queries, execution, clientToken, now)) return execution;
    checkRedrivable(execution, now);
    const redriven = redriveExecution(this.#machinery, redriveRequest(this.#queries, execution));
    this.#store.addRedrive(arn, clientToken, now);
    return this.#announced(redriven);
  }

  #announced({ arn, done }: RunningExecution): ExecutionRow {
    const started = this.get(arn);
    this.#onChange(started);
    void done.then(() => this.#onChange(this.get(arn)));
    return started;
  }

  /** Stops an execution and the children it has running; one that has ended stays as it is. @throws ApiError */
  stop(arn: string, error?: string, cause?: string): ExecutionRow {
    const tooLong = (error?.length ?? 0) > MAX_ERROR_LENGTH || (cause?.length ?? 0) > MAX_CAUSE_LENGTH;
    if (tooLong) throw new ApiError('ValidationException', 'error or cause is longer than the service takes.');
    this.get(arn);
    this.#machinery.running.get(arn)?.stop({ error, cause });
    return this.get(arn);
  }

  /** @throws ApiError `ExecutionDoesNotExist` */
  get(arn: string): ExecutionRow {
    const execution = this.#queries.execution(checkArn(arn, 'execution'));
    if (execution === undefined) throw new ApiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return execution;
  }
}

function checkMachineArn(arn: string): string {
  checkArn(arn, 'stateMachine');
  if (!arn.includes('/')) return arn;
  throw new ApiError('ValidationException', 'The children of a Map Run can only be started by the Map Run.');
}

function parseInput(input: string): Payload {
  if (Buffer.byteLength(input) > MAX_PAYLOAD_BYTES) {
    throw new ApiError(
      'InvalidExecutionInput',
      `Invalid State Machine Execution Input: more than ${MAX_PAYLOAD_BYTES} bytes`,
    );
  }
  try {
    return parsePayload(input);
  } catch {
    throw new ApiError('InvalidExecutionInput', 'Invalid State Machine Execution Input: not valid JSON');
  }
}
