import type { StateMachineModel } from '../cloudformation/model.ts';
import { ApiError } from '../json-protocol.ts';
import { type Definition, loadDefinition } from '../states/definition.ts';
import { requiredArn } from './arns.ts';
import { page, pageRequest } from './paging.ts';
import type { Operation } from './protocol.ts';
import type { Queries } from './queries.ts';
import type { SqliteStore } from './store.ts';

export type StateMachineProperties = Omit<StateMachineModel, 'logs'>;

export interface StateMachine extends StateMachineProperties {
  readonly loaded: Definition;
  /** Epoch milliseconds. */
  readonly created: number;
}

/** The state machines that this service was given since it started. */
export class StateMachines {
  readonly #machines = new Map<string, StateMachine>();
  readonly #store: SqliteStore;
  readonly #queries: Queries;

  constructor(store: SqliteStore, queries: Queries) {
    this.#store = store;
    this.#queries = queries;
  }

  /** @throws DefinitionError */
  put(properties: StateMachineProperties): void {
    const { arn, definition, roleArn } = properties;
    const loaded = loadDefinition(definition);
    const known = this.#queries.newestDefinition(arn);
    const created = known?.created ?? Date.now();
    if (known?.definition !== definition || known.roleArn !== roleArn) {
      this.#store.addDefinition(arn, roleArn, definition, created);
    }
    this.#machines.set(arn, { ...properties, loaded, created });
  }

  /** @throws ApiError `StateMachineDoesNotExist` */
  get(arn: string): StateMachine {
    const machine = this.#machines.get(arn);
    if (machine === undefined) throw new ApiError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    return machine;
  }

  all(): StateMachine[] {
    return [...this.#machines.values()];
  }
}

export function stateMachineOperations(machines: StateMachines): Record<string, Operation> {
  return {
    DescribeStateMachine(params) {
      const machine = machines.get(requiredArn(params, 'stateMachineArn', 'stateMachine'));
      const included = params.oneOf('includedData', ['ALL_DATA', 'METADATA_ONLY']) !== 'METADATA_ONLY';
      const { roleArn } = machine;
      const definition = included ? machine.definition : '{}';
      return { ...summary(machine), status: 'ACTIVE', definition, roleArn };
    },
    ListStateMachines(params) {
      const request = pageRequest(params);
      const start = request.after ?? 0;
      const rows = machines.all().map((machine, i) => ({ machine, position: i + 1 }));
      const { items, nextToken } = page(rows.slice(start), request, ({ position }) => position);
      return { stateMachines: items.map(({ machine }) => summary(machine)), nextToken };
    },
  };
}

function summary({ arn, name, created }: StateMachine) {
  return { stateMachineArn: arn, name, type: 'STANDARD', creationDate: created / 1000 };
}
