import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketAclCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createS3, type S3Service } from '../../../local/s3/s3.ts';
import type { BusEvent } from '../../../local/service.ts';
import { serve } from '../../helpers/serve.ts';

const PART_BYTES = 5 * 1024 * 1024;
const md5 = (data: string | Buffer) => createHash('md5').update(data).digest('hex');

const directory = mkdtempSync(join(tmpdir(), 's3-'));
const events: BusEvent[] = [];
let service: S3Service;
let endpoint: string;
let settled: () => Promise<void>;
let close: () => Promise<void>;
let client: S3Client;

async function start() {
  service = createS3({ directory, onEvent: (event) => events.push(event) });
  service.createBucket('plain', { versioned: false, eventBridge: false });
  service.createBucket('versioned', { versioned: true, eventBridge: true });
  ({ endpoint, settled, close } = await serve(service));
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new S3Client({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
}
async function stop() {
  client.destroy();
  await close();
}
beforeAll(start);
afterAll(async () => {
  await stop();
  rmSync(directory, { recursive: true });
});

const put = (Bucket: string, Key: string, Body: string | Buffer | Readable = 'x', more = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = async (Bucket: string, Key: string, more = {}) => {
  const answer = await client.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return { ...answer, text: (await answer.Body?.transformToString()) ?? '' };
};
/** An error as a client sees it. */
const failure = (call: Promise<unknown>) =>
  call.then(
    () => 'no error',
    (error) => ({ name: error.name, status: error.$metadata?.httpStatusCode }),
  );
const blobFiles = () => readdirSync(join(directory, 'blobs')).length;

describe('writing and reading', () => {
  it.each([
    ['an empty object', Buffer.alloc(0)],
    ['bytes of every value', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
    ['more than one network packet', Buffer.alloc(3_000_001, 'abc\r\n')],
  ])('gives back %s as it was put', async (_, body) => {
    const { ETag } = await put('plain', 'same', body);
    const answer = await client.send(new GetObjectCommand({ Bucket: 'plain', Key: 'same' }));
    expect(Buffer.from((await answer.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
    expect([ETag, answer.ETag, answer.ContentLength]).toEqual([`"${md5(body)}"`, `"${md5(body)}"`, body.length]);
  });

  it('takes the framing off a streamed body', async () => {
    const body = Buffer.alloc(200_000, '0\r\n5;chunk-signature=x\r\n');
    await put('plain', 'streamed', Readable.from([body.subarray(0, 7), body.subarray(7)]), {
      ContentLength: body.length,
    });
    expect((await get('plain', 'streamed')).text).toBe(body.toString());
    const head = await client.send(new HeadObjectCommand({ Bucket: 'plain', Key: 'streamed' }));
    expect([head.ContentLength, head.ContentEncoding]).toEqual([body.length, undefined]);
  });

  it('keeps content type, encoding and user metadata', async () => {
    const described = {
      ContentType: 'text/csv',
      ContentEncoding: 'gzip',
      Metadata: { 'as-of': '2026-11-01T00:00:00Z' },
    };
    await put('plain', 'described', Readable.from(['x']), { ...described, ContentLength: 1 });
    expect(await client.send(new HeadObjectCommand({ Bucket: 'plain', Key: 'described' }))).toMatchObject(described);
  });

  it('says LastModified in whole seconds', async () => {
    await put('versioned', 'seconds');
    const { Versions } = await client.send(new ListObjectVersionsCommand({ Bucket: 'versioned', Prefix: 'seconds' }));
    const head = await client.send(new HeadObjectCommand({ Bucket: 'versioned', Key: 'seconds' }));
    expect(head.LastModified?.getMilliseconds()).toBe(0);
    expect(Versions?.[0]?.LastModified).toEqual(head.LastModified);
  });

  it.each(['a b', 'a+b', '100%', '100%25', '顧客/輸出.csv', 'a&<>"\'', '../up//..', 'a', 'a/b', 'a/', '?x=1#y', 'é'])(
    'keeps the key %j apart from all others',
    async (key) => {
      await put('versioned', key, `content of ${key}`);
      expect((await get('versioned', key)).text).toBe(`content of ${key}`);
      const list = await client.send(new ListObjectsV2Command({ Bucket: 'versioned', Prefix: key }));
      expect(list.Contents?.map(({ Key }) => Key)).toContain(key);
      const versions = await client.send(new ListObjectVersionsCommand({ Bucket: 'versioned', Prefix: key }));
      expect(versions.Versions?.map(({ Key }) => Key)).toContain(key);
    },
  );

  it('keeps objects, versions and uploads under way over a restart, and nothing of a write that never ended', async () => {
    await put('versioned', 'kept', 'kept');
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket: 'plain', Key: 'later' }));
    const part = { Bucket: 'plain', Key: 'later', UploadId };
    const { ETag } = await client.send(new UploadPartCommand({ ...part, PartNumber: 1, Body: 'later' }));
    await stop();
    await start();
    expect((await get('versioned', 'kept')).text).toBe('kept');
    await client.send(
      new CompleteMultipartUploadCommand({ ...part, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } }),
    );
    expect((await get('plain', 'later')).text).toBe('later');
    expect(readdirSync(join(directory, 'incoming'))).toEqual([]);
  });

  it('leaves nothing of a body that ends early', async () => {
    const before = blobFiles();
    await new Promise<void>((resolve) => {
      const headers = { 'content-length': 10, expect: '100-continue' };
      const request = httpRequest(`${endpoint}/plain/cut`, { method: 'PUT', headers });
      request.on('error', () => resolve());
      request.on('continue', () => request.write('12345', () => request.destroy(new Error('cut'))));
    });
    await settled();
    expect(await failure(get('plain', 'cut'))).toEqual({ name: 'NoSuchKey', status: 404 });
    expect([blobFiles(), readdirSync(join(directory, 'incoming'))]).toEqual([before, []]);
  });

  it('frees the bytes of an object that is replaced or deleted without versioning', async () => {
    await put('plain', 'freed', 'one');
    const before = blobFiles();
    await put('plain', 'freed', 'two');
    expect(blobFiles()).toBe(before);
    await client.send(new DeleteObjectCommand({ Bucket: 'plain', Key: 'freed' }));
    expect(blobFiles()).toBe(before - 1);
    expect(await failure(get('plain', 'freed'))).toEqual({ name: 'NoSuchKey', status: 404 });
  });

  it('goes on reading the object that was opened while it is replaced', async () => {
    const body = Buffer.alloc(4_000_000, 'old ');
    await put('plain', 'replaced', body);
    const { body: reading } = service.readObject('plain', 'replaced');
    await put('plain', 'replaced', 'new');
    expect((await buffer(reading)).equals(body)).toBe(true);
  });

  it('reads an object in process', async () => {
    const { VersionId } = await put('versioned', 'inside', 'one');
    await put('versioned', 'inside', 'two');
    const { body, ...described } = service.readObject('versioned', 'inside', VersionId);
    expect((await buffer(body)).toString()).toBe('one');
    expect(described).toEqual({ size: 3, etag: md5('one'), versionId: VersionId });
    expect(() => service.readObject('versioned', 'nothing')).toThrow('The specified key does not exist.');
  });
});

describe('aws-chunked bodies', () => {
  const raw = (headers: Record<string, string>, pieces: string[]) =>
    new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(`${endpoint}/plain/chunked`, { method: 'PUT', headers, agent: false });
      request.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
      for (const piece of pieces) request.write(piece);
      request.end();
    });
  const signed = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
  const body = '5;chunk-signature=aa\r\nhello\r\n1;chunk-signature=bb\r\n!\r\n0;chunk-signature=cc\r\n';

  it.each([
    ['signed', signed, [body, '\r\n']],
    [
      'signed, with a trailer',
      `${signed}-TRAILER`,
      [body, 'x-amz-checksum-crc32:AAAAAA==\r\nx-amz-trailer-signature:dd\r\n\r\n'],
    ],
    [
      'unsigned, with a trailer',
      'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      ['5\r\nhello\r\n1\r\n!\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n'],
    ],
    ['cut anywhere by the network', signed, [...body, '\r', '\n']],
  ])('%s', async (_, signature, pieces) => {
    const length = String(pieces.join('').length);
    const headers = {
      'x-amz-content-sha256': signature,
      'x-amz-decoded-content-length': '6',
      'content-length': length,
    };
    expect(await raw(headers, pieces)).toBe(200);
    expect((await get('plain', 'chunked')).text).toBe('hello!');
  });

  it.each([
    ['without its last chunk', '6', ['6\r\nhello!\r\n']],
    ['shorter than announced', '7', ['6\r\nhello!\r\n0\r\n\r\n']],
    ['without framing', '6', ['hello!']],
  ])('refuses a body %s', async (_, decoded, pieces) => {
    const length = String(pieces.join('').length);
    const headers = {
      'x-amz-content-sha256': signed,
      'x-amz-decoded-content-length': decoded,
      'content-length': length,
    };
    expect(await raw(headers, pieces)).toBe(400);
  });

  it('refuses a body of unknown length, as S3 does', async () => {
    expect(await raw({ 'transfer-encoding': 'chunked' }, ['hello'])).toBe(411);
  });
});

describe('ranges and conditions', () => {
  beforeAll(() => put('plain', 'digits', '0123456789'));

  it.each([
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=2-5', '2345', 'bytes 2-5/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-99', '0123456789', 'bytes 0-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
  ])('%s gives that part', async (Range, text, ContentRange) => {
    const answer = await get('plain', 'digits', { Range });
    expect(answer).toMatchObject({ text, ContentRange, ContentLength: text.length });
    expect(answer.$metadata.httpStatusCode).toBe(206);
  });

  it.each(['bytes=10-', 'bytes=-0', 'bytes=99-100'])('%s is out of the object', async (Range) => {
    expect(await failure(get('plain', 'digits', { Range }))).toEqual({ name: 'InvalidRange', status: 416 });
  });

  it.each(['bytes=5-2', 'bytes=0-1,4-5', 'rows=1-2'])('%s is ignored', async (Range) => {
    expect((await get('plain', 'digits', { Range })).text).toBe('0123456789');
  });

  it('reads only what If-Match and If-None-Match allow', async () => {
    const right = `"${md5('0123456789')}"`;
    expect((await get('plain', 'digits', { IfMatch: right })).text).toBe('0123456789');
    expect((await get('plain', 'digits', { IfNoneMatch: '"other"' })).text).toBe('0123456789');
    expect(await failure(get('plain', 'digits', { IfMatch: '"other"' }))).toEqual({
      name: 'PreconditionFailed',
      status: 412,
    });
    expect(await failure(get('plain', 'digits', { IfNoneMatch: right }))).toMatchObject({ status: 304 });
  });

  it('writes only what If-Match and If-None-Match allow, and keeps nothing else', async () => {
    const refused = { name: 'PreconditionFailed', status: 412 };
    await put('versioned', 'once', 'first', { IfNoneMatch: '*' });
    const before = blobFiles();
    expect(await failure(put('versioned', 'once', 'second', { IfNoneMatch: '*' }))).toEqual(refused);
    expect(await failure(put('versioned', 'once', 'second', { IfMatch: '"other"' }))).toEqual(refused);
    expect(await failure(put('versioned', 'absent', 'x', { IfMatch: '"other"' }))).toEqual({
      name: 'NoSuchKey',
      status: 404,
    });
    expect(blobFiles()).toBe(before);
    await put('versioned', 'once', 'third', { IfMatch: `"${md5('first')}"` });
    expect((await get('versioned', 'once')).text).toBe('third');
    await client.send(new DeleteObjectCommand({ Bucket: 'versioned', Key: 'once' }));
    await put('versioned', 'once', 'fourth', { IfNoneMatch: '*' });
    expect((await get('versioned', 'once')).text).toBe('fourth');
  });

  it('lets one of many writers at once win', async () => {
    const writers = Array.from({ length: 8 }, (_, n) => put('plain', 'raced', `writer ${n}`, { IfNoneMatch: '*' }));
    const results = await Promise.allSettled(writers);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('versions', () => {
  it('keeps every version until it is deleted by its id', async () => {
    const one = await put('versioned', 'v', 'one');
    const two = await put('versioned', 'v', 'two');
    const marker = await client.send(new DeleteObjectCommand({ Bucket: 'versioned', Key: 'v' }));
    expect(marker.DeleteMarker).toBe(true);
    expect(await failure(get('versioned', 'v'))).toEqual({ name: 'NoSuchKey', status: 404 });
    expect(await failure(get('versioned', 'v', { VersionId: marker.VersionId }))).toEqual({
      name: 'MethodNotAllowed',
      status: 405,
    });
    expect(await get('versioned', 'v', { VersionId: one.VersionId })).toMatchObject({
      text: 'one',
      VersionId: one.VersionId,
    });

    const list = await client.send(new ListObjectVersionsCommand({ Bucket: 'versioned', Prefix: 'v' }));
    expect(list.Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
      [two.VersionId, false],
      [one.VersionId, false],
    ]);
    expect(list.DeleteMarkers?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
      [marker.VersionId, true],
    ]);

    await client.send(new DeleteObjectCommand({ Bucket: 'versioned', Key: 'v', VersionId: marker.VersionId }));
    expect(await get('versioned', 'v')).toMatchObject({ text: 'two', VersionId: two.VersionId });
    await client.send(new DeleteObjectCommand({ Bucket: 'versioned', Key: 'v', VersionId: two.VersionId }));
    expect((await get('versioned', 'v')).text).toBe('one');
    expect(await failure(get('versioned', 'v', { VersionId: two.VersionId }))).toEqual({
      name: 'NoSuchVersion',
      status: 404,
    });
  });

  it('are unknown to a bucket without versioning', async () => {
    expect((await put('plain', 'v', 'one')).VersionId).toBeUndefined();
    await put('plain', 'v', 'two');
    expect((await get('plain', 'v')).VersionId).toBeUndefined();
    const { Versions } = await client.send(new ListObjectVersionsCommand({ Bucket: 'plain', Prefix: 'v' }));
    expect(Versions?.map(({ VersionId }) => VersionId)).toEqual(['null']);
  });
});

describe('listing', () => {
  const keys = ['l/1', 'l/2', 'l/a/1', 'l/a/2', 'l/b/1', 'l/z', 'l/é', 'l/\u{1F600}'];
  beforeAll(async () => {
    await Promise.all([...keys, 'm'].map((key) => put('plain', key)));
  });

  it.each([1, 2, 3, 5, 1000])('pages of %d give every key and prefix once, in the order of UTF-8', async (MaxKeys) => {
    const found: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await client.send(
        new ListObjectsV2Command({ Bucket: 'plain', Prefix: 'l/', Delimiter: '/', MaxKeys, ContinuationToken }),
      );
      found.push(
        ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
        ...(page.Contents ?? []).map(({ Key }) => Key),
      );
      expect(page.KeyCount).toBeLessThanOrEqual(MaxKeys);
      expect(page.IsTruncated).toBe(page.NextContinuationToken !== undefined);
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    expect(found.filter((name) => name?.endsWith('/'))).toEqual(['l/a/', 'l/b/']);
    expect(found.filter((name) => !name?.endsWith('/'))).toEqual(['l/1', 'l/2', 'l/z', 'l/é', 'l/\u{1F600}']);
  });

  it('starts after a key, and encodes keys when asked to', async () => {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket: 'plain', Prefix: 'l/', StartAfter: 'l/z', EncodingType: 'url' }),
    );
    expect(page.Contents?.map(({ Key }) => Key)).toEqual(['l/%C3%A9', 'l/%F0%9F%98%80']);
    expect(page.Contents?.[0]).toMatchObject({ Size: 1, ETag: `"${md5('x')}"` });
  });

  it.each([1, 2, 1000])('pages of %d versions give each once, newest first', async (MaxKeys) => {
    const Prefix = `paged-${MaxKeys}/`;
    const written: (string | undefined)[] = [];
    for (const key of ['a', 'a', 'a', 'b', 'c']) written.push((await put('versioned', `${Prefix}${key}`)).VersionId);
    const found: (string | undefined)[] = [];
    let markers: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
    do {
      const page = await client.send(
        new ListObjectVersionsCommand({ Bucket: 'versioned', Prefix, MaxKeys, ...markers }),
      );
      found.push(...(page.Versions ?? []).map(({ VersionId }) => VersionId));
      markers = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    } while (markers.KeyMarker);
    expect(found).toEqual([2, 1, 0, 3, 4].map((index) => written[index]));
  });
});

describe('multipart uploads', () => {
  it('join their parts, with the ETag of the parts, and free the parts', async () => {
    const body = Buffer.alloc(2 * PART_BYTES + 17, 'multipart ');
    const before = blobFiles();
    await new Upload({
      client,
      partSize: PART_BYTES,
      params: {
        Bucket: 'plain',
        Key: 'big',
        Body: Readable.from([body]),
        ContentType: 'text/csv',
        Metadata: { 'as-of': 'now' },
      },
    }).done();
    const parts = [
      body.subarray(0, PART_BYTES),
      body.subarray(PART_BYTES, 2 * PART_BYTES),
      body.subarray(2 * PART_BYTES),
    ];
    const etag = `"${md5(Buffer.concat(parts.map((part) => Buffer.from(md5(part), 'hex'))))}-3"`;
    const answer = await client.send(new GetObjectCommand({ Bucket: 'plain', Key: 'big' }));
    expect(Buffer.from((await answer.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
    expect(answer).toMatchObject({ ETag: etag, ContentType: 'text/csv', Metadata: { 'as-of': 'now' } });
    expect(blobFiles()).toBe(before + 1);
  });

  interface MultipartUpload {
    Bucket: string;
    Key: string;
    UploadId: string | undefined;
  }
  const begin = async (Key: string, sizes: number[]) => {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket: 'plain', Key }));
    const upload: MultipartUpload = { Bucket: 'plain', Key, UploadId };
    const Parts: CompletedPart[] = [];
    for (const [index, size] of sizes.entries()) {
      const part = { ...upload, PartNumber: index + 1, Body: Buffer.alloc(size, String(index)) };
      Parts.push({ PartNumber: index + 1, ETag: (await client.send(new UploadPartCommand(part))).ETag });
    }
    return { upload, Parts };
  };
  const complete = (upload: MultipartUpload, Parts: CompletedPart[]) =>
    client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));

  it('take a part again in place of the first', async () => {
    const { upload } = await begin('again', [3]);
    const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'other' }));
    await complete(upload, [{ PartNumber: 1, ETag }]);
    expect((await get('plain', 'again')).text).toBe('other');
  });

  it('are refused with a part that is small, unknown, changed or out of order, and can then still be completed', async () => {
    const { upload, Parts } = await begin('refused', [PART_BYTES, PART_BYTES]);
    const [one, two] = Parts as [CompletedPart, CompletedPart];
    expect(await failure(complete(upload, [two, one]))).toEqual({ name: 'InvalidPartOrder', status: 400 });
    expect(await failure(complete(upload, [one, { PartNumber: 3, ETag: '"x"' }]))).toEqual({
      name: 'InvalidPart',
      status: 400,
    });
    expect(await failure(complete(upload, [{ ...one, ETag: '"x"' }]))).toEqual({ name: 'InvalidPart', status: 400 });
    await complete(upload, [one, two]);
    const small = await begin('small', [3, 3]);
    expect(await failure(complete(small.upload, small.Parts))).toEqual({ name: 'EntityTooSmall', status: 400 });
  });

  it('leave nothing when aborted, and are then unknown', async () => {
    const before = blobFiles();
    const { upload, Parts } = await begin('aborted', [10]);
    await client.send(new AbortMultipartUploadCommand(upload));
    expect(blobFiles()).toBe(before);
    expect(await failure(complete(upload, Parts))).toEqual({ name: 'NoSuchUpload', status: 404 });
    expect(await failure(get('plain', 'aborted'))).toEqual({ name: 'NoSuchKey', status: 404 });
  });

  it('are completed once, even if asked twice at once', async () => {
    const { upload, Parts } = await begin('twice', [10]);
    const results = await Promise.all([failure(complete(upload, Parts)), failure(complete(upload, Parts))]);
    expect(results).toContain('no error');
    expect(results).toContainEqual({ name: 'NoSuchUpload', status: 404 });
  });
});

describe('events', () => {
  it('tell of a new object in the shape of S3, once it can be read', async () => {
    events.length = 0;
    const { VersionId } = await put('versioned', 'exports/a b+c.csv', 'hello');
    expect(events).toEqual([
      {
        version: '0',
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        'detail-type': 'Object Created',
        source: 'aws.s3',
        account: '000000000000',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        region: 'us-east-1',
        resources: ['arn:aws:s3:::versioned'],
        detail: {
          version: '0',
          'event-version': '1.2',
          bucket: { name: 'versioned' },
          object: {
            key: 'exports/a b+c.csv',
            size: 5,
            etag: md5('hello'),
            'version-id': VersionId,
            sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
          },
          'request-id': expect.stringMatching(/^[0-9A-F]{16}$/),
          requester: '000000000000',
          'source-ip-address': '127.0.0.1',
          reason: 'PutObject',
        },
      },
    ]);
  });

  it('are one for a multipart upload, none for a delete, and none from a bucket that has them switched off', async () => {
    events.length = 0;
    const params = { Bucket: 'versioned', Key: 'big', Body: Readable.from([Buffer.alloc(PART_BYTES + 1)]) };
    await new Upload({ client, partSize: PART_BYTES, params }).done();
    await client.send(new DeleteObjectCommand({ Bucket: 'versioned', Key: 'big' }));
    await put('plain', 'quiet');
    expect(events.map(({ detail }) => (detail as { reason: string }).reason)).toEqual(['CompleteMultipartUpload']);
  });

  it('of one key have growing sequencers', async () => {
    events.length = 0;
    for (let n = 0; n < 3; n += 1) await put('versioned', 'sequence', String(n));
    const sequencers = events.map(({ detail }) => (detail as { object: { sequencer: string } }).object.sequencer);
    expect(sequencers).toEqual([...new Set(sequencers)].sort());
    expect(sequencers).toHaveLength(3);
  });
});

describe('errors', () => {
  it.each([
    ['NoSuchBucket', () => put('absent', 'x')],
    ['NoSuchBucket', () => get('absent', 'x')],
    ['NoSuchBucket', () => client.send(new ListObjectsV2Command({ Bucket: 'absent' }))],
    ['NotFound', () => client.send(new HeadBucketCommand({ Bucket: 'absent' }))],
    ['NotFound', () => client.send(new HeadObjectCommand({ Bucket: 'plain', Key: 'absent' }))],
  ])('%s', async (name, call) => {
    expect(await failure(call())).toEqual({ name, status: 404 });
  });

  it.each([
    ['GetObjectAcl', () => client.send(new GetObjectAclCommand({ Bucket: 'plain', Key: 'x' }))],
    [
      'PutObjectTagging',
      () => client.send(new PutObjectTaggingCommand({ Bucket: 'plain', Key: 'x', Tagging: { TagSet: [] } })),
    ],
    ['CopyObject', () => client.send(new CopyObjectCommand({ Bucket: 'plain', Key: 'x', CopySource: 'plain/digits' }))],
    ['GetBucketAcl', () => client.send(new GetBucketAclCommand({ Bucket: 'plain' }))],
    [
      'GetObject with partNumber',
      () => client.send(new GetObjectCommand({ Bucket: 'plain', Key: 'digits', PartNumber: 1 })),
    ],
  ])('%s is answered with 501 and its name', async (name, call) => {
    await expect(call()).rejects.toMatchObject({ name: 'NotImplemented', message: expect.stringContaining(name) });
  });

  it('lists its buckets', async () => {
    const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
    expect(Buckets.map(({ Name }) => Name)).toEqual(expect.arrayContaining(['plain', 'versioned']));
  });

  it('refuses a key that is too long', async () => {
    expect(await failure(put('plain', 'k'.repeat(1025)))).toEqual({ name: 'KeyTooLongError', status: 400 });
    expect(await failure(put('plain', '鍵'.repeat(342)))).toEqual({ name: 'KeyTooLongError', status: 400 });
  });
});
