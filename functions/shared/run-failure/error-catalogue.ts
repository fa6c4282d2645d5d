/** What helps against an error, in the fewest words; `whatToDo` says it in full. */
export type Remedy = 'redrive' | 'upload again' | 'correct and upload again';

export interface CataloguedError {
  /** As the execution, its history and its notices have it. */
  readonly name: string;
  readonly meaning: string;
  readonly whatToDo: string;
  readonly remedy: Remedy;
}

const ONLY_THE_REST = 'only what has not arrived is sent';
const REDRIVE = `Redrive the run: ${ONLY_THE_REST}.`;
const REDRIVE_LATER = `Redrive the run when the service answers again: ${ONLY_THE_REST}.`;
const START_AGAIN = `Start the export again, by a new upload of the file; a redrive would fail again. The ledger makes that cheap: ${ONLY_THE_REST}.`;

/** Raised by our functions and by the state machine's own Fail state. */
const ours: readonly CataloguedError[] = [
  {
    name: 'InvalidExport',
    meaning: "The export can't be read as the mapping says.",
    whatToDo:
      'Correct the file where the message says, or have the mapping changed and deployed, and upload it again; a redrive would fail again.',
    remedy: 'correct and upload again',
  },
  {
    name: 'ExportTooLarge',
    meaning: 'The export has more bytes or rows than one run reads.',
    whatToDo: 'Split the file into several, each with the header line, and upload them.',
    remedy: 'correct and upload again',
  },
  {
    name: 'ExportChanged',
    meaning: 'The version of the export that the run reads was replaced or deleted.',
    whatToDo: START_AGAIN,
    remedy: 'upload again',
  },
  {
    name: 'MappingChanged',
    meaning: 'Another mapping was deployed while the run was at work; its chunks were cut by the old one.',
    whatToDo: START_AGAIN,
    remedy: 'upload again',
  },
  {
    name: 'RowsUnaccounted',
    meaning: 'The outcomes do not add up to the rows of the export, or a chunk left no result.',
    whatToDo: START_AGAIN,
    remedy: 'upload again',
  },
  {
    name: 'InvalidMapping',
    meaning: 'The mapping is wrong; the message says where. The deployment checks it, so a deployed one never is.',
    whatToDo: 'Correct the mapping and deploy it. Then start the export again, by a new upload of the file.',
    remedy: 'upload again',
  },
  {
    name: 'InvalidConfiguration',
    meaning: 'A setting of the deployment is missing or out of range; the message names it.',
    whatToDo: `Deploy the stack with a right setting, then redrive the run: ${ONLY_THE_REST}.`,
    remedy: 'redrive',
  },
  {
    name: 'ProfilesAccessDenied',
    meaning: 'Customer Profiles refused the function that sends (403): every row would fail.',
    whatToDo: `Give the function's role what the message names (deploying the stack does), then redrive the run: ${ONLY_THE_REST}.`,
    remedy: 'redrive',
  },
  {
    name: 'ProfilesNotFound',
    meaning: 'The Customer Profiles domain or the object type does not exist (404): every row would fail.',
    whatToDo: `Create the domain, or the object type by deploying the stack, then redrive the run: ${ONLY_THE_REST}.`,
    remedy: 'redrive',
  },
  {
    name: 'ItemsThrottled',
    meaning:
      'Customer Profiles throttled or failed for longer than the retries last (more than an hour), or another run held the same customers.',
    whatToDo: REDRIVE_LATER,
    remedy: 'redrive',
  },
  {
    name: 'NoPermit',
    meaning: 'Too many exports shared the rate budget for longer than the retries last (more than a day).',
    whatToDo: `Redrive the run when the other runs have ended: ${ONLY_THE_REST}.`,
    remedy: 'redrive',
  },
  {
    name: 'ChunkUnfinished',
    meaning:
      "A chunk was not done after a thousand times of the function's whole time: it gets too small a share of the rate.",
    whatToDo: `Redrive the run when the other runs have ended: ${ONLY_THE_REST}.`,
    remedy: 'redrive',
  },
  {
    name: 'UnexpectedError',
    meaning: 'A function met an error that we did not write, again and again; the message names its class.',
    whatToDo: `${REDRIVE} If it fails again, the stack frames in the function's log say where it was thrown.`,
    remedy: 'redrive',
  },
];

/** Raised by AWS, and the one status without an error. */
const others: readonly CataloguedError[] = [
  {
    name: 'Lambda.TooManyRequestsException',
    meaning: 'The account had no free Lambda concurrency for longer than the retries last.',
    whatToDo: `Redrive the run when there is, or have the quota raised: ${ONLY_THE_REST}.`,
    remedy: 'redrive',
  },
  {
    name: 'Lambda.ServiceException',
    meaning: 'AWS Lambda failed for longer than the retries last.',
    whatToDo: REDRIVE_LATER,
    remedy: 'redrive',
  },
  {
    name: 'Lambda.AWSLambdaException',
    meaning: 'AWS Lambda failed, or could not run the function, for longer than the retries last.',
    whatToDo: REDRIVE_LATER,
    remedy: 'redrive',
  },
  {
    name: 'Lambda.SdkClientException',
    meaning: 'Step Functions could not reach AWS Lambda for longer than the retries last.',
    whatToDo: REDRIVE_LATER,
    remedy: 'redrive',
  },
  {
    name: 'Lambda.ClientExecutionTimeoutException',
    meaning: 'Step Functions waited for AWS Lambda in vain for longer than the retries last.',
    whatToDo: REDRIVE_LATER,
    remedy: 'redrive',
  },
  {
    name: 'Lambda.Unknown',
    meaning: 'A function broke off without saying why, again and again: out of time or of memory.',
    whatToDo: `${REDRIVE} If it fails again, the function's log says where it broke off.`,
    remedy: 'redrive',
  },
  {
    name: 'Sandbox.Timedout',
    meaning: 'A function ran out of its time again and again.',
    whatToDo: `${REDRIVE} If it fails again, the function's log says where it stood.`,
    remedy: 'redrive',
  },
  {
    name: 'Runtime.ExitError',
    meaning: 'The process of a function ended again and again, as one without enough memory does.',
    whatToDo: `${REDRIVE} If it fails again, the function's log says why.`,
    remedy: 'redrive',
  },
  {
    name: 'States.Timeout',
    meaning: 'A function did not answer in its time, or the whole run took longer than its seven days.',
    whatToDo: REDRIVE,
    remedy: 'redrive',
  },
  {
    name: 'States.ExceedToleratedFailureThreshold',
    meaning: 'A chunk failed for good; the errors of the chunks say why.',
    whatToDo: `Remove the cause that the chunks name, then redrive the run: ${ONLY_THE_REST}.`,
    remedy: 'redrive',
  },
  {
    name: 'States.ItemReaderFailed',
    meaning: "The list of the run's chunks (chunks.jsonl) could not be read.",
    whatToDo: `Redrive the run, which reads it again: ${ONLY_THE_REST}. If the file was deleted, upload the export again.`,
    remedy: 'redrive',
  },
  {
    name: 'ABORTED',
    meaning: 'Somebody stopped the run, or the embedded stack ended under it. What was sent is kept.',
    whatToDo: `To go on, redrive the run: ${ONLY_THE_REST}.`,
    remedy: 'redrive',
  },
];

const anyOther: CataloguedError = {
  name: 'States.ALL',
  meaning: 'An error that is not in this catalogue.',
  whatToDo: `${REDRIVE} If it fails again, the execution's history says in which state.`,
  remedy: 'redrive',
};

/** Every error that can end a run, by name: what it means and what to do. The last one stands for all other names. */
export const errorCatalogue: readonly CataloguedError[] = [...ours, ...others, anyOther];

const byName: ReadonlyMap<string, CataloguedError> = new Map(errorCatalogue.map((entry) => [entry.name, entry]));
const ourNames: ReadonlySet<string> = new Set(ours.map(({ name }) => name));

/** What the error of this name means and what to do; the entry `States.ALL` if the catalogue has no such name. */
export function remedyFor(errorName: string | undefined): CataloguedError {
  return byName.get(errorName ?? '') ?? anyOther;
}

/** True for an error of functions/ or statemachine/: its message holds no customer data. */
export function isOurError(errorName: string): boolean {
  return ourNames.has(errorName);
}
