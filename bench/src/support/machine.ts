import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';

/** One line that says where figures come from. */
export function machine(): string {
  const redis = /v=(\S+)/.exec(
    execFileSync('redis-server', ['--version'], { encoding: 'utf8' }),
  )?.[1];
  return (
    `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ` +
    `Linux ${release()}, Node ${process.versions.node}, Redis ${redis ?? 'none'}`
  );
}
