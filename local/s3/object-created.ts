import { ACCOUNT, type BusEvent, busEvent } from '../service.ts';
import type { ObjectVersion } from './object-index.ts';

const SEQUENCER_DIGITS = 18;

/** What S3 tells EventBridge about a new object: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
export function objectCreated(
  bucket: string,
  { key, size, etag, versionId, sequence }: ObjectVersion,
  cause: { readonly reason: 'PutObject' | 'CompleteMultipartUpload'; readonly requestId: string },
): BusEvent {
  return busEvent({
    source: 'aws.s3',
    'detail-type': 'Object Created',
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: '0',
      'event-version': '1.2',
      bucket: { name: bucket },
      object: {
        key,
        size,
        etag,
        ...(versionId === 'null' ? {} : { 'version-id': versionId }),
        sequencer: sequence.toString(16).toUpperCase().padStart(SEQUENCER_DIGITS, '0'),
      },
      'request-id': cause.requestId,
      requester: ACCOUNT,
      'source-ip-address': '127.0.0.1',
      reason: cause.reason,
    },
  });
}
