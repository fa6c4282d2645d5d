import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The end-to-end suites host the whole embedded stack, so a test may take as long as a small run does.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Three at once, on two cores, too: each end-to-end file starts a dozen Lambda processes of its own, but waits for them and
    // for the rate about a quarter of its time.
    maxWorkers: 3,
  },
});
