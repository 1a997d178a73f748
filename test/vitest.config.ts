import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'], externalConditions: ['source'] } },
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    // A hang is what this catches; a busy machine may take its time.
    testTimeout: 180_000,
    hookTimeout: 120_000,
    pool: 'forks',
    execArgv: ['--conditions=source'],
    maxWorkers: 2,
  },
});
