import type { ExportRef, SyncChunkInput } from '../../functions/shared/contracts.ts';

/** What SplitExport would hand to the Map. */
export interface MapInput {
  readonly chunksFile: { readonly bucket: string; readonly key: string };
  readonly resync: false;
  readonly export: ExportRef;
}

/**
 * The product's state machine from its Map to the end of it.
 *
 * @param definition ASL as JSON text.
 */
export function mapAlone(definition: string): string {
  const machine = JSON.parse(definition);
  const { Next: _, ...map } = machine.States.SyncChunks;
  return JSON.stringify({ ...machine, StartAt: 'SyncChunks', States: { SyncChunks: { ...map, End: true } } });
}

/** Of that Map, of so many chunks, in the stack's own bucket: what the workers get, byte for byte of the usual size. */
export function mapInput(bucket: string, key: string): MapInput {
  const object = { bucket, key: 'exports/2026-11-20/customers.csv', versionId: 'v'.repeat(32), etag: 'e'.repeat(32) };
  return {
    chunksFile: { bucket, key },
    resync: false,
    export: {
      ...object,
      bytes: 100_000_000,
      exportTime: '2026-11-20T02:00:00.000Z',
      uploadTime: '2026-11-20T02:00:00.000Z',
      format: {
        type: 'csv',
        encoding: 'utf-8',
        delimiter: ',',
        width: 8,
        columns: {
          customer_id: 0,
          first_name: 1,
          last_name: 2,
          email: 3,
          phone: 4,
          city: 5,
          country: 6,
          updated_at: 7,
        },
        header: { start: 0, end: 72 },
      },
      mappingHash: 'm'.repeat(64),
      source: object,
    },
  };
}

export function chunkLine(chunk: number): string {
  return `${JSON.stringify(chunkOf(chunk))}\n`;
}

/** What a child hands to its worker. */
export function workerInput(input: MapInput, chunk: number): SyncChunkInput {
  const attempt = { redrive: 0, retry: 0 };
  return { runId: 'r'.repeat(60), attempt, resync: false, export: input.export, chunk: chunkOf(chunk) };
}

function chunkOf(chunk: number): SyncChunkInput['chunk'] {
  const bytes = 300_000;
  const rows = 2_000;
  return { chunk, start: chunk * bytes, end: (chunk + 1) * bytes, firstRow: 2 + chunk * rows, rows, superseded: [] };
}
