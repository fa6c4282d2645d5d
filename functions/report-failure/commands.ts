import { REDRIVABLE_DAYS } from '../shared/run-failure/way-out.ts';
import { shellWord } from '../shared/shell-word.ts';
import type { FailedRun } from './failed-run.ts';

const LOCAL = ' (with --local on the embedded stack)';

/** How to redrive the run, one way a line. */
export function redriveCommands({ runId, executionArn }: FailedRun): string[] {
  return [
    `  Within ${REDRIVABLE_DAYS} days of its end, by one of:`,
    '  - Redrive, on the page of the execution in the Step Functions console',
    `  - aws stepfunctions redrive-execution --execution-arn ${shellWord(executionArn)} --region ${regionOf(executionArn)}`,
    `  - npx profile-sync redrive ${shellWord(runId)}${LOCAL}`,
  ];
}

/** How to upload the export again; a run that was started by hand is started again by hand. */
export function uploadCommands(run: FailedRun): string[] {
  const started = run.export;
  if (!started) return [];
  const { bucket, key, resync, byUpload } = started;
  const region = regionOf(run.executionArn);
  const upload = `aws s3 cp FILE ${shellWord(`s3://${bucket}/${key}`)} --region ${region}`;
  const input = JSON.stringify({ detail: { bucket: { name: bucket }, object: { key } }, ...(resync && { resync }) });
  const start = `aws stepfunctions start-execution --state-machine-arn ${shellWord(run.stateMachineArn)} --region ${region} --input ${shellWord(input)}`;
  return [
    ...(byUpload ? [`  - ${upload}`] : [`  - ${upload}`, `    and then ${start}`]),
    `  - npx profile-sync ${resync ? 'sync FILE --resync' : 'upload FILE'}${LOCAL}`,
  ];
}

function regionOf(arn: string): string {
  return arn.split(':')[3] ?? '';
}
