import { shellWord } from '../shared/shell-word.ts';
import type { FailedRun } from './failed-run.ts';

/** A way to do it: shell commands, each after the one before. */
export type Way = readonly string[];

export function redriveWays({ runId, executionArn }: FailedRun): readonly Way[] {
  return [
    [
      `aws stepfunctions redrive-execution --execution-arn ${shellWord(executionArn)} --region ${regionOf(executionArn)}`,
    ],
    [`npx profile-sync redrive ${shellWord(runId)}`],
  ];
}

/** How to upload the export again; a run that was started by hand is started again by hand. */
export function uploadWays(run: FailedRun): readonly Way[] {
  const started = run.export;
  if (!started) return [];
  const { bucket, key, resync, byUpload } = started;
  const region = regionOf(run.executionArn);
  const upload = `aws s3 cp FILE ${shellWord(`s3://${bucket}/${key}`)} --region ${region}`;
  const input = JSON.stringify({ detail: { bucket: { name: bucket }, object: { key } }, ...(resync && { resync }) });
  const start = `aws stepfunctions start-execution --state-machine-arn ${shellWord(run.stateMachineArn)} --region ${region} --input ${shellWord(input)}`;
  return [byUpload ? [upload] : [upload, start], [`npx profile-sync ${resync ? 'sync FILE --resync' : 'upload FILE'}`]];
}

function regionOf(arn: string): string {
  return arn.split(':')[3] ?? '';
}
