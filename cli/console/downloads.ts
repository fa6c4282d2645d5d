import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { runFiles } from '../../functions/shared/export/run-files.ts';
import { openObject } from '../connect/s3-object.ts';
import { NOTHING } from '../rejected/describe-rejected.ts';
import { findRejectedRows } from '../rejected/rejected-rows.ts';
import { NotFound } from '../user-error.ts';
import { SECURITY_HEADERS } from './guard.ts';
import type { Host } from './host.ts';
import { foundRun } from './run-reads.ts';

/** As the report's own, and without an origin: what stands in it reaches nothing of the console. */
const REPORT_POLICY =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
const TYPES = { csv: 'text/csv; charset=utf-8', jsonl: 'application/x-ndjson; charset=utf-8' } as const;

export async function sendReport(host: Host, run: string, response: ServerResponse): Promise<void> {
  const { runId } = await foundRun(host, run);
  await sendFile(response, await fileOf(host, runId, runFiles.report(runId), 'report'), {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': REPORT_POLICY,
  });
}

export async function sendSummary(host: Host, run: string, response: ServerResponse): Promise<void> {
  const { runId } = await foundRun(host, run);
  await sendFile(response, await fileOf(host, runId, runFiles.summary(runId), 'summary'), {
    'content-type': 'application/json; charset=utf-8',
    'content-disposition': attachment(`summary-${runId}.json`),
  });
}

export async function sendRejectedFile(host: Host, run: string, response: ServerResponse): Promise<void> {
  const { runId } = await foundRun(host, run);
  const rejected = await findRejectedRows(host.stack, runId);
  if (rejected.type === undefined) throw new NotFound(`Run ${runId} ${NOTHING[rejected.extent]}`);
  await sendFile(response, rejected.bytes(), {
    'content-type': TYPES[rejected.type],
    'content-disposition': attachment(`rejected-${runId}.${rejected.type}`),
  });
}

async function fileOf({ stack }: Host, runId: string, Key: string, what: string): Promise<AsyncIterable<Uint8Array>> {
  const object = await openObject(stack.clients.s3, { Bucket: stack.outputs.RunBucketName, Key });
  if (object) return object.bytes;
  throw new NotFound(`Run ${runId} has no ${what}: it is at work, or the run bucket keeps its files no longer.`);
}

/** The first bytes come before the headers: until then an error is still an answer. */
async function sendFile(
  response: ServerResponse,
  bytes: AsyncIterable<Uint8Array>,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const reading = bytes[Symbol.asyncIterator]();
  let next = await reading.next();
  async function* all() {
    for (; !next.done; next = await reading.next()) yield next.value;
  }
  try {
    response.writeHead(200, { ...SECURITY_HEADERS, ...headers });
    if (response.req.method === 'HEAD') response.end();
    else await pipeline(Readable.from(all()), response);
  } finally {
    // What nobody reads to its end would keep one of the few connections to S3.
    await reading.return?.();
  }
}

function attachment(name: string): string {
  return `attachment; filename="${name.replaceAll(/[^\w.-]/g, '_')}"`;
}
