import { Rule } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { EXPORT_PREFIX } from '../functions/shared/export/export-prefixes.ts';
import { FORMAT_SUFFIXES, PACKED_SUFFIXES } from '../functions/shared/export/export-suffixes.ts';
import type { System } from './system.ts';

const RULES = {
  ExportArrived: '',
  GzippedExportArrived: PACKED_SUFFIXES.gzip,
  ZstdExportArrived: PACKED_SUFFIXES.zstd,
};

export interface ExportTriggerProps {
  readonly system: Pick<System, 'buckets' | 'failedStarts'>;
  readonly stateMachine: IStateMachine;
}

/** Starts a run for every export that arrives. EventBridge tries a failing start again for 24 hours, then puts it aside. */
export class ExportTrigger extends Construct {
  constructor(scope: Construct, id: string, { system, stateMachine }: ExportTriggerProps) {
    super(scope, id);
    // EventBridge refuses a rule that is too complex, by a measure that it does not tell: no rule has more than three wildcards.
    for (const [name, packed] of Object.entries(RULES)) {
      new Rule(this, name, {
        description: `Starts profile-sync for each export${packed && `, packed as ${packed},`} that arrives.`,
        eventPattern: {
          source: ['aws.s3'],
          detailType: ['Object Created'],
          detail: {
            bucket: { name: [system.buckets.exportBucket.bucketName] },
            // Prefix and suffix in one wildcard each: separate matchers of one field would be alternatives.
            object: { key: FORMAT_SUFFIXES.map((suffix) => ({ wildcard: `${EXPORT_PREFIX}*${suffix}${packed}` })) },
          },
        },
        targets: [new SfnStateMachine(stateMachine, { deadLetterQueue: system.failedStarts })],
      });
    }
  }
}
