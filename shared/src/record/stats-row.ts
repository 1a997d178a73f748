export const STATS_GROUPS = ['agent', 'model', 'name', 'type', 'service'] as const;
/** What statistics can be grouped by. */
export type StatsGroup = (typeof STATS_GROUPS)[number];

/**
 * Over spans: by slot, those without one last; in a slot by count, the largest first, then by group,
 * those without one last. Durations are of those that ended.
 */
export interface StatsRow {
  /** Value of the group; absent: spans that have none. */
  group?: string;
  /** Start of the time slot, a multiple of its width; absent for spans without a known start. */
  slotUs?: number;
  count: number;
  /** Failed or lost. */
  errors: number;
  /** The smallest duration that this share of the durations does not exceed (nearest rank). */
  p50Us?: number;
  p95Us?: number;
  p99Us?: number;
  inputTokens: number;
  outputTokens: number;
  costUsd: number;
}
