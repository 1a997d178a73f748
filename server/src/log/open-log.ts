import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { SpantailError } from '@spantail/protocol';
import type { EventLog } from './event-log.ts';

/**
 * Opens the log on Redis when there is a URL, else the embedded one in the data directory.
 *
 * @param ttlMs how long a stream is kept after its last entry
 * @throws SpantailError LOG_UNAVAILABLE
 */
export async function openLog(
  redis: string | undefined,
  data: string | undefined,
  ttlMs: number,
): Promise<EventLog> {
  // Each brings its own driver; only one of them is ever needed.
  if (redis !== undefined) {
    const { openRedisLog } = await import('./redis/redis-log.ts');
    return openRedisLog({ url: redis, ttlMs });
  }
  const directory = dataDirectory(data);
  try {
    mkdirSync(directory, { recursive: true });
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new SpantailError(
      'LOG_UNAVAILABLE',
      `cannot make the data directory ${directory}: ${detail}`,
      { cause },
    );
  }
  const { openSqliteLog } = await import('./sqlite/sqlite-log.ts');
  return openSqliteLog({ file: join(directory, 'log.sqlite'), ttlMs });
}

/** The given directory, else `$XDG_DATA_HOME/spantail`, else `~/.local/share/spantail`. */
export function dataDirectory(data: string | undefined): string {
  if (data !== undefined) return data;
  const base = process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share');
  return join(base, 'spantail');
}
