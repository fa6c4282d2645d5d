import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createUploadProgress, size, uploadStatus } from '../../../cli/exports/upload-progress.ts';

describe('the progress of an upload', () => {
  it.each([
    [0, 0, '0.0 of 340.0 MB'],
    [34e6, 2, '34.0 of 340.0 MB, 17.0 MB/s, about 18 s left'],
    [340e6, 20, '340.0 of 340.0 MB, 17.0 MB/s, about 0 s left'],
  ])('after %d bytes in %d s says %s', (sent, seconds, words) => {
    expect(uploadStatus(sent, 340e6, seconds)).toBe(words);
  });

  it.each([
    [15, '1 kB'],
    [999_999, '1000 kB'],
    [1e6, '1.0 MB'],
    [12_345_678_900, '12,345.7 MB'],
  ])('writes %d bytes as %s', (bytes, words) => expect(size(bytes)).toBe(words));

  it('without a terminal is a line every five seconds', () => {
    const lines: string[] = [];
    const stream = new Writable({ write: (chunk, _encoding, done) => done(void lines.push(String(chunk))) });
    let now = 0;
    const progress = createUploadProgress({ stream: stream as NodeJS.WriteStream, bytes: 100e6, now: () => now });
    for (now = 1_000; now <= 11_000; now += 1_000) progress.show(now * 1_000);
    progress.end();
    expect(lines).toEqual([
      '5.0 of 100.0 MB, 1.0 MB/s, about 95 s left\n',
      '10.0 of 100.0 MB, 1.0 MB/s, about 90 s left\n',
    ]);
  });
});
