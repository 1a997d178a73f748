import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, release, totalmem } from 'node:os';

const PACKAGES = ['ws', 'ioredis', 'msgpackr', 'fastify'];
const require = createRequire(import.meta.url);

/** Where the figures come from: without it they say nothing. */
export function machine(): string {
  const [load = 0] = loadavg();
  const { node, v8 } = process.versions;
  return [
    `machine: ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ` +
      `${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`,
    `versions: Node ${node} (V8 ${v8}, SQLite ${process.versions['sqlite'] ?? '?'}), ` +
      `Redis ${redisVersion() ?? 'none'}, ${PACKAGES.map(versionOf).join(', ')}`,
    `load before the start: ${load.toFixed(2)} (on an idle machine it is near 0)`,
  ].join('\n');
}

/** `undefined` where there is no redis-server. */
export function redisVersion(): string | undefined {
  const { stdout } = spawnSync('redis-server', ['--version'], { encoding: 'utf8' });
  return /v=(\S+)/.exec(stdout ?? '')?.[1];
}

/** Read from the file: not every package lets its package.json be imported. */
function versionOf(name: string): string {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      const text = readFileSync(`${folder}/${name}/package.json`, 'utf8');
      return `${name} ${(JSON.parse(text) as { version: string }).version}`;
    } catch {
      // Further up.
    }
  }
  return `${name} ?`;
}
