import { defineConfig } from 'vitest/config';
import { COMPILE_CACHE } from './support/compile-cache.ts';

// Read by Node as a process starts: inherited by the test processes, and by all they start.
process.env['NODE_COMPILE_CACHE'] = COMPILE_CACHE;

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'], externalConditions: ['source'] } },
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    globalSetup: ['support/compile-cache.ts'],
    // A hang is what this catches; a busy machine may take its time.
    testTimeout: 180_000,
    hookTimeout: 120_000,
    pool: 'forks',
    execArgv: ['--conditions=source'],
    maxWorkers: 2,
  },
});
