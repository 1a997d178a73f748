import type { LapsedLease } from '../log/event-log.ts';

/**
 * What decides whether a lapsed lease means a death. Pure: the log's answers go in, with the time
 * of this process' clock at which they came.
 */
export interface LeaseJudge {
  /** Since when the log has answered without a break. */
  unbrokenSinceMs: number;
  answeredAtMs: number;
  /** Leases that were lapsed in all answers since a time. */
  suspects: ReadonlyMap<string, Suspect>;
}

interface Suspect {
  lapsedAtMs: number;
  sinceMs: number;
}

export interface JudgeOptions {
  /** A longer time without an answer is a break: nobody's renewals may have got through. */
  mostGapMs: number;
  /** After a break, publishers have this long besides a lease to be heard of again. */
  settleMs: number;
  /**
   * A lease has to be lapsed for this long (but no more than half of itself). What waited in the
   * sockets of a busy machine is through by then.
   */
  confirmMs: number;
}

export function newJudge(nowMs: number): LeaseJudge {
  return { unbrokenSinceMs: nowMs, answeredAtMs: nowMs, suspects: new Map() };
}

/** The log may have been another, or out of reach: what came before says nothing. */
export function afterBreak(judge: LeaseJudge, nowMs: number): LeaseJudge {
  return { ...judge, unbrokenSinceMs: nowMs, suspects: new Map() };
}

/** What an answer changes, and the leases whose producers are dead. */
export function judgeLapsed(
  before: LeaseJudge,
  lapsed: readonly LapsedLease[],
  nowMs: number,
  { mostGapMs, settleMs, confirmMs }: JudgeOptions,
): { judge: LeaseJudge; dead: LapsedLease[] } {
  const isBroken = nowMs - before.answeredAtMs > mostGapMs;
  const { unbrokenSinceMs, suspects: known } = isBroken ? afterBreak(before, nowMs) : before;
  const suspects = new Map<string, Suspect>();
  const dead = lapsed.filter((lease) => {
    const { lapsedAtMs } = lease;
    const key = leaseKey(lease);
    const earlier = known.get(key);
    const sinceMs = earlier?.lapsedAtMs === lapsedAtMs ? earlier.sinceMs : nowMs;
    suspects.set(key, { lapsedAtMs, sinceMs });
    const leaseMs = lapsedAtMs - lease.seenAtMs;
    return (
      nowMs - unbrokenSinceMs >= leaseMs + settleMs &&
      nowMs - sinceMs >= Math.min(leaseMs / 2, confirmMs)
    );
  });
  return { judge: { unbrokenSinceMs, answeredAtMs: nowMs, suspects }, dead };
}

export function leaseKey({ project, streamId, producer }: LapsedLease): string {
  return `${project}:${streamId} ${producer}`;
}
