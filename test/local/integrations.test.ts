import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIntegrations } from '../../local/integrations.ts';
import type { LambdaService } from '../../local/lambda/lambda.ts';
import { createS3, type S3Service } from '../../local/s3/s3.ts';
import type { SnsService } from '../../local/sns/sns.ts';

const ALLOWED = 'arn:aws:s3:::results/runs/a.json';

let folder: string;
let s3: S3Service;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'integrations-'));
  s3 = createS3({
    directory: folder,
    onEvent: () => {},
    refuse: (_who, { resource }) => (resource === ALLOWED ? undefined : `no ${resource}`),
  });
  s3.createBucket('results', { versioned: false, eventBridge: false });
});
afterAll(async () => {
  await s3.close();
  await rm(folder, { recursive: true, force: true });
});

describe("what a Map's ResultWriter writes", () => {
  const byRole = () =>
    createIntegrations({ s3, lambda: {} as LambdaService, sns: {} as SnsService }).withRole?.(
      'arn:aws:iam::0:role/r',
      'arn:aws:states:us-east-1:0:stateMachine:m',
    );

  it('is an object that can be read, whatever characters are in it', async () => {
    await byRole()?.writeObject?.({ Bucket: 'results', Key: 'runs/a.json', Body: ['["山田', '", 1]'] });
    expect(await text(s3.readObject('results', 'runs/a.json').body)).toBe('["山田", 1]');
  });

  it.each([
    ['another key', 'results', 'other/a.json', 'S3.AccessDeniedException'],
    ['a bucket that is not there', 'nowhere', 'runs/a.json', 'S3.AccessDeniedException'],
  ])('is refused for %s by the name that Step Functions gives', async (_, Bucket, Key, error) => {
    await expect(byRole()?.writeObject?.({ Bucket, Key, Body: ['x'] })).rejects.toMatchObject({ error });
  });
});
