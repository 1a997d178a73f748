import { basename } from 'node:path';

/** A run's name, from its file's. */
export function runNameOf(file: string): string {
  return basename(file)
    .replace(/\.gz$/, '')
    .replace(/\.(jsonl?|ndjson|csv)$/, '');
}
