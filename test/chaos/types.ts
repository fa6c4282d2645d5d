/** What the parts of the chaos suite hand to each other. A scenario is decided by its seed; an observation is what became of it. */

export interface Scenario {
  readonly seed: number;
  /** The mapping file, from the project's folder. */
  readonly mapping: string;
  /** Calls per second of the plan and of the service. */
  readonly quota: number;
  /** Exports are sent in batches, at the same quota; absent: one by one. */
  readonly batch?: { readonly batchQuota: string; readonly batchPermitFor: 'item' | 'call' };
  /** Each phase begins when the one before has come to rest. */
  readonly phases: readonly Phase[];
}

export interface Phase {
  /** Ascending by `atMs`, milliseconds after the phase began. */
  readonly steps: readonly Step[];
}

export type Step = ExportStep | EventStep | FaultStep;

export interface ExportStep {
  readonly kind: 'export';
  readonly atMs: number;
  /** Object key behind `exports/`. The same key again is a new version of the object. */
  readonly name: string;
  /** Object metadata `as-of`, ISO 8601; absent: LastModified counts. */
  readonly asOf?: string;
  readonly content: string;
  /** UTF-8 as it is, if absent. */
  readonly writtenAs?: 'gzip' | 'zstd' | 'utf-16';
}

export interface EventStep {
  readonly kind: 'event';
  readonly atMs: number;
  readonly source: string;
  readonly detailType: string;
  /** JSON text. */
  readonly detail: string;
  /** The event's own time, ISO 8601 in whole seconds. */
  readonly time: string;
}

export interface FaultStep {
  readonly kind: 'fault';
  readonly atMs: number;
  readonly fault: FaultPlan;
}

/** Of Customer Profiles: of the calls that put objects, if no operation is named. */
export type ProfileFaultPlan = {
  readonly share: number;
  readonly forMs: number;
  readonly operation?:
    | 'SearchProfiles'
    | 'UpdateProfile'
    | 'ListProfileObjects'
    | 'DeleteProfileObject'
    | 'DeleteProfile';
} & (
  | { readonly kind: 'throttleStorm' | 'serviceErrors' | 'droppedBefore' | 'droppedAfter' }
  | { readonly kind: 'latency'; readonly extraMs: number }
);

/** Faults that last have `forMs`, the others happen once. */
export type FaultPlan =
  | ProfileFaultPlan
  | {
      readonly kind: 'awsErrors' | 'awsThrottled' | 'awsDroppedBefore' | 'awsDroppedAfter';
      readonly service: 'dynamodb' | 's3' | 'sqs';
      readonly share: number;
      readonly forMs: number;
    }
  | { readonly kind: 'unprocessedKeys'; readonly share: number; readonly forMs: number }
  /** Of a busy process of any function: SIGKILL; SIGSTOP for a while; SIGSTOP until Lambda gives it up. */
  | { readonly kind: 'crash' | 'timeout' }
  | { readonly kind: 'freeze'; readonly forMs: number }
  /** StopExecution of a running execution; it is redriven when the phase comes to rest. */
  | { readonly kind: 'stopRun' }
  | { readonly kind: 'restart' };

export type FaultKind = FaultPlan['kind'];

/** What the round found when a phase had come to rest: the runs and dead letters of this phase, and all profiles. */
export interface Observation {
  readonly runs: readonly ObservedRun[];
  readonly deadLetters: readonly ObservedDeadLetter[];
  /**
   * Every profile of the domain by customer key: the fields of the standard profile that hold a value by their path, as
   * `FirstName`, `Address.City` or `Attributes.<name>`.
   */
  readonly profiles: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

export interface ObservedRun {
  readonly runId: string;
  /** Object key behind `exports/`, and its LastModified in epoch milliseconds with the order among the key's versions (older ones first). */
  readonly name: string;
  readonly uploadTime: number;
  readonly versionOrder: number;
  readonly status: string;
  readonly summary:
    | {
        readonly accounted: boolean;
        readonly rows: number;
        readonly synced: number;
        readonly unchanged: number;
        readonly stale: number;
        readonly rejected: number;
        readonly deleted?: number;
        readonly duplicates: number;
      }
    | undefined;
  /** Of the rejected file. */
  readonly rejected: readonly { readonly row: number; readonly code: string }[];
}

export interface ObservedDeadLetter {
  /** The event's `detail`, JSON text, and the code that the dead letter carries; undefined if it carries none. */
  readonly detail: string;
  readonly code: string | undefined;
}

/** One call that puts objects: it started between these epoch milliseconds, which lie apart as far as a busy machine delays it. */
export interface Arrival {
  readonly api: 'PutProfileObject' | 'BatchPutProfileObject';
  /** That it has objects of. */
  readonly records: number;
  readonly earliest: number;
  readonly latest: number;
}

/** Text in which no customer data may be. */
export interface SearchedText {
  readonly place: string;
  readonly text: string;
}

/** One thing that is not as it must be; in words, for a person. It may hold generated data: the suite makes it all up. */
export interface Difference {
  readonly phase: number;
  readonly what: string;
}
