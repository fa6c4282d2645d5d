import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createS3 } from '../../../local/s3/s3.ts';
import { serve } from '../../helpers/serve.ts';

export const EXPORTS = 'exports-bucket';
export const RUNS = 'runs-bucket';

export interface Buckets {
  readonly endpoint: string;
  readonly s3: S3Client;
  /** For files of the test. */
  readonly directory: string;
  /** Returns the version id. */
  put(
    bucket: string,
    key: string,
    body: string | Buffer,
    metadata?: Record<string, string>,
  ): Promise<string | undefined>;
  text(bucket: string, key: string): Promise<string>;
  stop(): Promise<void>;
}

/** The product's two buckets, in the embedded S3 over real HTTP. */
export async function startBuckets(): Promise<Buckets> {
  const directory = mkdtempSync(join(tmpdir(), 'buckets-'));
  const service = createS3({ directory: join(directory, 's3'), onEvent: () => {} });
  service.createBucket(EXPORTS, { versioned: true, eventBridge: false });
  service.createBucket(RUNS, { versioned: false, eventBridge: false });
  const served = await serve(service);
  const s3 = new S3Client({
    endpoint: served.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  return {
    endpoint: served.endpoint,
    s3,
    directory,
    async put(Bucket, Key, Body, Metadata) {
      return (await s3.send(new PutObjectCommand({ Bucket, Key, Body, Metadata }))).VersionId;
    },
    async text(Bucket, Key) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return (await Body?.transformToString()) ?? '';
    },
    async stop() {
      s3.destroy();
      await served.close();
      rmSync(directory, { recursive: true });
    },
  };
}
