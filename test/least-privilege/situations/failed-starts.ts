import type { QueuedMessage } from '../../../local/sqs/sqs.ts';
import type { Stage } from '../stage.ts';
import { statementFor } from '../statements.ts';
import { arrivesIn, type Situation } from './situation.ts';
import { ended, runOf, upload } from './uploads.ts';

const FAILED_STARTS = 'FailedStartsQueueUrl';
const DENIED = { error: 'AccessDeniedException' } as const;

const withdraw = (stage: Stage, policy: string, action: string) =>
  stage.withdraw(statementFor(stage.policies, policy, action));

async function failARun(stage: Stage): Promise<void> {
  stage.breakDown(DENIED);
  await ended(stage, await runOf(stage, await upload(stage)));
}

type Cause = 'undelivered' | 'failed';

/** EventBridge says which rule it could not deliver for, Lambda what the function failed with. */
const tells = (cause: Cause, detailType: string) => (message: QueuedMessage) =>
  message.body.includes(detailType) && 'RULE_ARN' in message.attributes === (cause === 'undelivered');

/** EventBridge can't start the state machine. */
export const anExportThatStartsNothing: Situation = async (stage, remove) => {
  withdraw(stage, 'StateMachineEventsRole', 'states:StartExecution');
  remove();
  return arrivesIn(stage, FAILED_STARTS, () => upload(stage), tells('undelivered', 'Object Created'));
};

export const aGzippedExportThatStartsNothing: Situation = async (stage, remove) => {
  withdraw(stage, 'StateMachineEventsRole', 'states:StartExecution');
  remove();
  return arrivesIn(stage, FAILED_STARTS, () => upload(stage, '.gz'), tells('undelivered', 'Object Created'));
};

export const aZstdExportThatStartsNothing: Situation = async (stage, remove) => {
  withdraw(stage, 'StateMachineEventsRole', 'states:StartExecution');
  remove();
  return arrivesIn(stage, FAILED_STARTS, () => upload(stage, '.zst'), tells('undelivered', 'Object Created'));
};

/** EventBridge can't invoke ReportFailure. */
export const aFailureThatReachesNobody: Situation = async (stage, remove) => {
  withdraw(stage, 'RunFailedAllow', 'lambda:InvokeFunction');
  remove();
  return arrivesIn(stage, FAILED_STARTS, () => failARun(stage), tells('undelivered', 'Status Change'));
};

/** ReportFailure fails its event in all three tries. */
export const aReportThatFails: Situation = async (stage, remove) => {
  withdraw(stage, 'ReportFailure', 'sns:Publish');
  remove();
  return arrivesIn(stage, FAILED_STARTS, () => failARun(stage), tells('failed', 'Status Change'));
};

/** EventBridge can't invoke WatchRuns. */
export const aLookThatReachesNobody: Situation = async (stage, remove) => {
  withdraw(stage, 'LookAllow', 'lambda:InvokeFunction');
  remove();
  return arrivesIn(stage, FAILED_STARTS, () => {}, tells('undelivered', 'Scheduled Event'));
};

/** WatchRuns fails its event in all three tries. */
export const aLookThatFails: Situation = async (stage, remove) => {
  withdraw(stage, 'WatchRuns', 'states:ListExecutions');
  remove();
  return arrivesIn(stage, FAILED_STARTS, () => {}, tells('failed', 'Scheduled Event'));
};
