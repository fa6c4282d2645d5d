import * as units from './units.ts';

/** How large the workers of a run are, how many, and what they take at once. */
export interface Sizes {
  readonly workerMib: number;
  readonly workers: number;
  readonly rowsPerChunk: number;
}

/** The part of a CPU that a function of this memory has; more than one is no use to a worker, which is one thread. */
export function cpuShare(mib: number): number {
  return Math.min(1, mib / units.ONE_CPU_MIB);
}

/** Calls per second that the CPU of one worker can make. @param cpuMsPerCall as measured. */
export function callsOfCpu(mib: number, cpuMsPerCall: number): number {
  return (1_000 * cpuShare(mib)) / (cpuMsPerCall * units.LAMBDA_CPU_FACTOR);
}

/** Seconds of a worker per row that is unchanged. */
export function secondsPerRow(mib: number): number {
  return units.LEDGER_SECONDS_PER_ROW + (units.CPU_MS_PER_ROW * units.LAMBDA_CPU_FACTOR) / 1_000 / cpuShare(mib);
}

/**
 * Seconds of all workers of a run together. While calls wait for permits all workers are there; what they do besides is
 * counted on top, although part of it overlaps.
 *
 * @param recordsPerSecond that the permits allow to be sent.
 */
export function workerSeconds(
  { rows, sent, chunks }: { readonly rows: number; readonly sent: number; readonly chunks: number },
  { workerMib, workers }: Sizes,
  recordsPerSecond: number,
): number {
  const rate = Math.min(recordsPerSecond, workers * callsOfCpu(workerMib, units.CPU_MS_PER_CALL));
  return (
    (sent / rate) * workers +
    chunks * units.WORKER_SECONDS_PER_CHUNK +
    Math.min(chunks, workers) * units.SECONDS_PER_WORKER_START +
    rows * secondsPerRow(workerMib)
  );
}
