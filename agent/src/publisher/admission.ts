import type { TraceEvent } from '@spantail/protocol';

/**
 * Who may still come into the bounded queue. Three marks on one gauge, so that what matters least is
 * left out first and what was let in never has to be thrown out again:
 *
 *   0 ─────────────── ¾ ────── 9/10 ─ 1
 *   payloads up to here │         │    │
 *   updates up to here ──────────┘    │
 *   starts of spans up to here ───────┘
 *   ends of spans that were let in: always, in their shortest form; the start paid for it
 */
export interface QueueGauge {
  /** Bytes queued and in flight, and those kept free for ends of open spans. */
  usedBytes: number;
  maxBytes: number;
}

/** Kept free for the end of each open span: enough for its shortest form. */
export const CLOSE_RESERVE_BYTES = 256;

const PAYLOAD_SHARE = 0.75;
const UPDATE_SHARE = 0.9;

/** Whether an event may bring its inputs and outputs along. */
export function admitsPayload(gauge: QueueGauge, costBytes: number): boolean {
  return gauge.usedBytes + costBytes <= gauge.maxBytes * PAYLOAD_SHARE;
}

/** Whether an event without its payloads may come in. */
export function admitsEvent(
  gauge: QueueGauge,
  kind: TraceEvent['type'],
  costBytes: number,
): boolean {
  const share = kind === 'update' ? UPDATE_SHARE : 1;
  const reserve = kind === 'open' ? CLOSE_RESERVE_BYTES : 0;
  return gauge.usedBytes + costBytes + reserve <= gauge.maxBytes * share;
}
