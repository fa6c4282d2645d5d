import { Rule } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { EXPORT_PREFIX } from '../functions/shared/export/export-prefixes.ts';
import type { System } from './system.ts';

/** Names of files that SplitExport reads; a zip or a note beside the exports starts nothing. */
const EXPORT_SUFFIXES = ['.csv', '.jsonl', '.ndjson'];

export interface ExportTriggerProps {
  readonly system: Pick<System, 'buckets' | 'failedStarts'>;
  readonly stateMachine: IStateMachine;
}

/** Starts a run for every export that arrives. EventBridge tries a failing start again for 24 hours, then puts it aside. */
export class ExportTrigger extends Construct {
  constructor(scope: Construct, id: string, { system, stateMachine }: ExportTriggerProps) {
    super(scope, id);
    new Rule(this, 'ExportArrived', {
      description: 'Starts profile-sync for each export that arrives.',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [system.buckets.exportBucket.bucketName] },
          // Prefix and suffix in one wildcard each: separate matchers of one field would be alternatives.
          object: { key: EXPORT_SUFFIXES.map((suffix) => ({ wildcard: `${EXPORT_PREFIX}*${suffix}` })) },
        },
      },
      targets: [new SfnStateMachine(stateMachine, { deadLetterQueue: system.failedStarts })],
    });
  }
}
