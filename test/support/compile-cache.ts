import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * Where Node keeps the sources it stripped of their types, for every process and thread of the tests.
 *
 * Node strips types with WebAssembly, and V8 of Node 24 now and then dies of WebAssembly in several
 * threads of one process (`Check failed: jit_page.has_value()`, or SIGSEGV): one in about a thousand
 * threads, whatever they do. With the cache, threads strip nothing. What users run is built, and
 * has nothing to strip. Processes start four times as fast besides.
 */
export const COMPILE_CACHE = join(import.meta.dirname, '../../node_modules/.cache/test-sources');

const THREAD = join(import.meta.dirname, '../../server/src/archive/sqlite/archive-worker.ts');
// The module refuses to be anything but a thread, after all it imports has been loaded.
const LOAD = `try { await import(${JSON.stringify(THREAD)}) } catch {}`;

/** Fills the cache with what the threads load, before the first of them starts. */
export default function setup(): void {
  spawnSync(process.execPath, ['--conditions=source', '--input-type=module', '--eval', LOAD], {
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
  });
}
