/**
 * What the services were asked, in the units in which AWS bills it, from the start of the stack on: counts under the names of resources, and
 * nothing of what requests hold.
 */
export interface Usage {
  /** Request units on demand, by table. */
  readonly dynamodb: Counts<'reads' | 'writes'>;
  /** Requests by bucket: `puts` are PUT, POST and LIST, `gets` are GET and HEAD. DELETE is free. */
  readonly s3: Counts<'puts' | 'gets'>;
  /** By function; the start of an environment is part of the time. */
  readonly lambda: Counts<'invocations' | 'milliseconds' | 'gbSeconds'>;
  /** State transitions by state machine: starts, states entered, Retries; the children of a Map Run are under `<machine>/<label>`. */
  readonly stepFunctions: Counts<'transitions'>;
  /** Requests by queue, those of other services included; one is 64 KB at most on AWS. */
  readonly sqs: Counts<'requests'>;
  /** Events by bus; those of AWS services are free. */
  readonly events: Counts<'events'>;
}

type Counts<Unit extends string> = Readonly<Record<string, Readonly<Record<Unit, number>>>>;

/** Takes note of more that was used of a resource. */
export type Count<Service extends keyof Usage> = (
  name: string,
  unit: keyof Usage[Service][string],
  amount?: number,
) => void;

export interface Meter {
  readonly count: { readonly [Service in keyof Usage]: Count<Service> };
  usage(): Usage;
}

export function createMeter(): Meter {
  const dynamodb = counter({ reads: 0, writes: 0 });
  const s3 = counter({ puts: 0, gets: 0 });
  const lambda = counter({ invocations: 0, milliseconds: 0, gbSeconds: 0 });
  const stepFunctions = counter({ transitions: 0 });
  const sqs = counter({ requests: 0 });
  const events = counter({ events: 0 });
  return {
    count: {
      dynamodb: dynamodb.count,
      s3: s3.count,
      lambda: lambda.count,
      stepFunctions: stepFunctions.count,
      sqs: sqs.count,
      events: events.count,
    },
    usage: () => ({
      dynamodb: dynamodb.snapshot(),
      s3: s3.snapshot(),
      lambda: lambda.snapshot(),
      stepFunctions: stepFunctions.snapshot(),
      sqs: sqs.snapshot(),
      events: events.snapshot(),
    }),
  };
}

function counter<Unit extends string>(none: Readonly<Record<Unit, number>>) {
  const byName = new Map<string, Readonly<Record<Unit, number>>>();
  return {
    count(name: string, unit: Unit, amount = 1): void {
      const before = byName.get(name) ?? none;
      byName.set(name, { ...before, [unit]: before[unit] + amount });
    },
    snapshot: (): Counts<Unit> => Object.fromEntries(byName),
  };
}
