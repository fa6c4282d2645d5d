import { type Refusal, refuseNobody } from '../iam/access.ts';
import { answerJson } from '../json-protocol.ts';
import type { Count } from '../meter.ts';
import type { BusEvent, Service } from '../service.ts';
import { systemClock } from '../states/clock.ts';
import type { Integrations } from '../states/integrations.ts';
import { createMachinery } from '../states/machinery.ts';
import { systemRandom } from '../states/random.ts';
import { nameOf } from './arns.ts';
import { executionOperations } from './execution-operations.ts';
import { Executions, type StartRequest } from './executions.ts';
import { abortLeftRunning } from './left-running.ts';
import { mapRunOperations } from './map-run-operations.ts';
import { stepFunctionsApi } from './protocol.ts';
import { Queries } from './queries.ts';
import { openDatabase } from './schema.ts';
import { type StateMachineProperties, StateMachines, stateMachineOperations } from './state-machines.ts';
import { statusChange } from './status-change.ts';
import { SqliteStore } from './store.ts';

export interface StepFunctionsSettings {
  /** Where executions and their histories are kept; made if it is missing. */
  readonly directory: string;
  readonly integrations: Integrations;
  /** Takes the status changes of executions (not of a Map Run's children). Never called before createStepFunctions has returned. */
  readonly onEvent: (event: BusEvent) => void;
  /** How long waits (Wait states, the time before a retry) last compared with AWS; 1 by default. Time limits are not scaled. */
  readonly timeScale?: number;
  readonly refuse?: Refusal;
  readonly count?: Count<'stepFunctions'>;
}

export interface StepFunctionsService extends Service {
  /** Makes or replaces a state machine. @throws DefinitionError naming all that is wrong or not supported. */
  createStateMachine(properties: StateMachineProperties): void;
  /** As the operation of the API. @throws ApiError e.g. `ExecutionAlreadyExists`. */
  startExecution(request: StartRequest): { readonly executionArn: string; readonly startDate: Date };
}

/** Step Functions: its awsJson1_0 API over the interpreter in local/states. */
export function createStepFunctions(settings: StepFunctionsSettings): StepFunctionsService {
  const { directory, integrations, onEvent, timeScale, refuse = refuseNobody, count = () => {} } = settings;
  const database = openDatabase(directory);
  const store = new SqliteStore(database);
  const queries = new Queries(database);
  const machinery = createMachinery({
    store,
    integrations,
    clock: systemClock(timeScale),
    random: systemRandom,
    onTransition: (machineArn) => count(nameOf(machineArn), 'transitions'),
  });
  const machines = new StateMachines(store, queries);
  const executions = new Executions(machinery, machines, store, queries, (execution) =>
    onEvent(statusChange(execution)),
  );
  const operations = {
    ...stateMachineOperations(machines),
    ...executionOperations(executions, machines, queries),
    ...mapRunOperations(executions, store, queries, machinery.mapRuns),
  };
  const api = stepFunctionsApi(operations, refuse);

  const left = abortLeftRunning(database, store, queries);
  const announcement = setImmediate(() => {
    for (const { arn } of left) onEvent(statusChange(executions.get(arn)));
  });

  return {
    signingName: 'states',
    handle: (request, response, caller) => answerJson(api, request, response, caller),
    createStateMachine: (properties) => machines.put(properties),
    startExecution(request) {
      const { arn, startDate } = executions.start(request);
      return { executionArn: arn, startDate: new Date(startDate) };
    },
    async close() {
      clearImmediate(announcement);
      const running = [...machinery.running.values()];
      for (const execution of running) execution.stop({ cause: 'The embedded stack was stopped.' });
      await Promise.all(running.map(({ done }) => done));
      database.close();
    },
  };
}
