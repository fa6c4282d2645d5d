/**
 * The settings with which each baseline did best on the embedded stack: service latency 150 ms (median), 100 calls per second, with and without
 * another caller. README.md says what was tried. The numbers with names in capitals can be given to the app as context.
 */
export const LOOP = { memoryMiB: 512, tries: 3, backoffMs: 100 } as const;

export const PARALLEL = { memoryMiB: 1769, callsInFlight: 24, maxAttempts: 10 } as const;

export const MAP = { memoryMiB: 512, rowsPerBatch: 25, maxConcurrency: 4, callsInFlight: 4, maxAttempts: 3 } as const;

export type Baseline = 'loop' | 'parallel' | 'map';
