export type Baseline = 'loop' | 'parallel' | 'map';

/** The best of what was tried, for rate first and cost second: README.md. Memory is what the CPU for that rate takes, no more. */
export const LOOP = { memoryMiB: 256, tries: 3, backoffMs: 100 } as const;
export const PARALLEL = { memoryMiB: 1769, callsInFlight: 16, maxAttempts: 10 } as const;
export const MAP = { memoryMiB: 256, rowsPerBatch: 50, maxConcurrency: 4, callsInFlight: 5, maxAttempts: 3 } as const;
