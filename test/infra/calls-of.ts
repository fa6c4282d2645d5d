import { readFileSync } from 'node:fs';

const FUNCTIONS = new URL('../../functions/', import.meta.url);

/** The IAM actions of each call that a source file can make. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  HeadObjectCommand: ['s3:GetObject'],
  GetObjectCommand: ['s3:GetObject'],
  PutObjectCommand: ['s3:PutObject'],
  CreateMultipartUploadCommand: ['s3:PutObject'],
  UploadPartCommand: ['s3:PutObject'],
  CompleteMultipartUploadCommand: ['s3:PutObject'],
  AbortMultipartUploadCommand: ['s3:AbortMultipartUpload'],
  Upload: ['s3:PutObject', 's3:AbortMultipartUpload'],
  ListObjectsV2Command: ['s3:ListBucket'],
  ListObjectVersionsCommand: ['s3:ListBucketVersions'],
  GetCommand: ['dynamodb:GetItem'],
  BatchGetCommand: ['dynamodb:BatchGetItem'],
  PutCommand: ['dynamodb:PutItem'],
  UpdateCommand: ['dynamodb:UpdateItem'],
  QueryCommand: ['dynamodb:Query'],
  BatchPutProfileObjectCommand: ['profile:BatchPutProfileObject'],
  PutProfileObjectCommand: ['profile:PutProfileObject'],
  SearchProfilesCommand: ['profile:SearchProfiles'],
  UpdateProfileCommand: ['profile:UpdateProfile'],
  ListProfileObjectsCommand: ['profile:ListProfileObjects'],
  DeleteProfileObjectCommand: ['profile:DeleteProfileObject'],
  DeleteProfileCommand: ['profile:DeleteProfile'],
  SendMessageCommand: ['sqs:SendMessage'],
  ChangeMessageVisibilityCommand: ['sqs:ChangeMessageVisibility'],
  PublishCommand: ['sns:Publish'],
  DescribeExecutionCommand: ['states:DescribeExecution'],
  DescribeStateMachineCommand: ['states:DescribeStateMachine'],
  DescribeMapRunCommand: ['states:DescribeMapRun'],
  ListExecutionsCommand: ['states:ListExecutions'],
  ListMapRunsCommand: ['states:ListMapRuns'],
};

/** The IAM actions of all calls in the handler and in what it imports of ours. */
export function callsOf(handler: string): Set<string> {
  const actions = new Set<string>();
  for (const source of sourcesFrom(new URL(handler, FUNCTIONS))) {
    for (const [, command, paginated] of source.matchAll(/\bnew (\w+Command|Upload)\(|\bpaginate(\w+)\(/g)) {
      const call = command ?? `${paginated}Command`;
      const needed = ACTIONS[call];
      if (!needed) throw new Error(`The IAM action of ${call} is not known here.`);
      for (const action of needed) actions.add(action);
    }
  }
  return actions;
}

function sourcesFrom(entry: URL): string[] {
  const seen = new Map<string, string>();
  const visit = (file: URL) => {
    if (seen.has(file.href)) return;
    const source = readFileSync(file, 'utf8');
    seen.set(file.href, source);
    for (const [, path = ''] of source.matchAll(/^(?:import|export) (?!type\b)[^;]*? from '(\.{1,2}\/[^']+\.ts)';/gm)) {
      visit(new URL(path, file));
    }
  };
  visit(entry);
  return [...seen.values()];
}
