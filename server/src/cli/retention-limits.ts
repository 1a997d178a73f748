import type { RetentionLimits } from '../indexer/retention.ts';
import { UsageError } from './usage-error.ts';

const DAY_MS = 86_400_000;
const UNIT_BYTES: Record<string, number> = { MB: 1e6, GB: 1e9, TB: 1e12 };

/** `--keep DAYS` and `--keep-size 20GB`: what the record is kept within. Absent: everything is kept. */
export function parseRetention(values: { keep?: string; 'keep-size'?: string }): RetentionLimits {
  const { keep, 'keep-size': size } = values;
  return {
    ...(keep === undefined ? {} : { maxAgeMs: parseDays(keep) * DAY_MS }),
    ...(size === undefined ? {} : { maxBytes: parseBytes(size) }),
  };
}

function parseDays(text: string): number {
  const days = Number(text);
  if (text !== '' && days > 0) return days;
  throw new UsageError(`--keep is a number of days, not "${text}"`);
}

function parseBytes(text: string): number {
  const [, count = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([MGT]B)$/.exec(text.toUpperCase()) ?? [];
  const bytes = Number(count) * (UNIT_BYTES[unit] ?? 0);
  if (bytes > 0) return bytes;
  throw new UsageError(`--keep-size is a size such as 500MB, 20GB or 1TB, not "${text}"`);
}
