import { backoffMs, isRetryableClose } from '@spantail/protocol';

/**
 * The life of one socket to a gateway, as a pure function.
 *
 *   idle ──want──▶ connecting ──opened──▶ open
 *    ▲                ▲   │                │ socket closed, silence, goaway
 *    └──unwanted──────│───│────────────────┤
 *                     │   ▼                ▼
 *                     └─ waiting ◀──────── ▪      a close code that says "do not retry" ──▶ failed
 *   any ──close──▶ closed
 */
export type ConnectionState =
  | { kind: 'idle' }
  | { kind: 'connecting'; attempt: number }
  | { kind: 'open'; attempt: number; sinceMs: number }
  | { kind: 'waiting'; attempt: number; reason: string }
  | { kind: 'failed'; closeCode: number; reason: string }
  | { kind: 'closed' };

export type ConnectionEvent =
  /** There is something to watch. */
  | { type: 'want' }
  /** There is nothing left to watch. */
  | { type: 'unwanted' }
  | { type: 'opened'; nowMs: number }
  | { type: 'socket-closed'; closeCode: number; reason: string; nowMs: number; random: number }
  /** Nothing was heard for longer than the server's heartbeat. */
  | { type: 'silence'; nowMs: number; random: number }
  /** The gateway asks to be left. */
  | { type: 'goaway'; graceMs: number; random: number }
  | { type: 'retry' }
  | { type: 'close' };

export type ConnectionEffect =
  | { type: 'open-socket' }
  /** Lets the socket go and hears it no more. */
  | { type: 'drop-socket' }
  | { type: 'retry-in'; ms: number }
  | { type: 'cancel-retry' };

export interface ConnectionStep {
  state: ConnectionState;
  effects: ConnectionEffect[];
}

/** A connection that lived this long was a good one: the next failure counts from the beginning. */
export const STABLE_MS = 5_000;

export function connectionStep(state: ConnectionState, event: ConnectionEvent): ConnectionStep {
  if (state.kind === 'closed') return { state, effects: [] };
  switch (event.type) {
    case 'want':
      if (state.kind !== 'idle') return { state, effects: [] };
      return { state: { kind: 'connecting', attempt: 0 }, effects: [{ type: 'open-socket' }] };
    case 'unwanted':
    case 'close':
      return leave(state, event.type === 'close' ? { kind: 'closed' } : { kind: 'idle' });
    case 'opened':
      if (state.kind !== 'connecting') return { state, effects: [] };
      return {
        state: { kind: 'open', attempt: state.attempt, sinceMs: event.nowMs },
        effects: [],
      };
    case 'socket-closed': {
      const { closeCode, nowMs, random } = event;
      if (state.kind !== 'connecting' && state.kind !== 'open') return { state, effects: [] };
      const reason = event.reason === '' ? `closed with code ${closeCode}` : event.reason;
      if (!isRetryableClose(closeCode))
        return {
          state: { kind: 'failed', closeCode, reason },
          effects: [{ type: 'drop-socket' }],
        };
      return again(state, reason, nowMs, random);
    }
    case 'silence':
      if (state.kind !== 'open' && state.kind !== 'connecting') return { state, effects: [] };
      return again(state, 'the gateway fell silent', event.nowMs, event.random);
    case 'goaway':
      if (state.kind !== 'open') return { state, effects: [] };
      // Spread over the first half of the grace, so that not everyone arrives elsewhere at once.
      return {
        state: { kind: 'waiting', attempt: 0, reason: 'the gateway is stopping' },
        effects: [
          { type: 'drop-socket' },
          { type: 'retry-in', ms: Math.floor((event.random * event.graceMs) / 2) },
        ],
      };
    case 'retry':
      if (state.kind !== 'waiting') return { state, effects: [] };
      return {
        state: { kind: 'connecting', attempt: state.attempt },
        effects: [{ type: 'open-socket' }],
      };
  }
}

function leave(state: ConnectionState, next: ConnectionState): ConnectionStep {
  if (state.kind === 'failed' && next.kind === 'idle') return { state, effects: [] };
  return { state: next, effects: [{ type: 'cancel-retry' }, { type: 'drop-socket' }] };
}

function again(
  state: Extract<ConnectionState, { kind: 'connecting' | 'open' }>,
  reason: string,
  nowMs: number,
  random: number,
): ConnectionStep {
  const stable = state.kind === 'open' && nowMs - state.sinceMs >= STABLE_MS;
  const failures = stable ? 0 : state.attempt;
  return {
    state: { kind: 'waiting', attempt: failures + 1, reason },
    effects: [{ type: 'drop-socket' }, { type: 'retry-in', ms: backoffMs(failures, random) }],
  };
}
