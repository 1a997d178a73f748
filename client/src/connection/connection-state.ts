import { ERRORS, backoffMs, errorOfClose, type ErrorCode } from '@spantail/protocol';

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
  | { kind: 'failed'; code: ErrorCode; reason: string }
  | { kind: 'closed' };

export type ConnectionEvent =
  /** There is something to watch. */
  | { type: 'want' }
  /** There is nothing left to watch. */
  | { type: 'unwanted' }
  | { type: 'opened'; nowMs: number }
  /** The platform would not even make the socket. */
  | { type: 'refused'; reason: string }
  | { type: 'socket-closed'; closeCode: number; reason: string; nowMs: number; random: number }
  /** Nothing was heard for longer than the server's heartbeat. */
  | { type: 'silence'; nowMs: number; random: number }
  /** The gateway asks to be left. */
  | { type: 'goaway'; graceMs: number; nowMs: number; random: number }
  | { type: 'retry' }
  | { type: 'close' };

export type ConnectionEffect =
  | { type: 'open-socket' }
  /** Lets the socket go and hears it no more. `dead`: nobody is there to say goodbye to. */
  | { type: 'drop-socket'; dead?: true }
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
    case 'refused':
      if (state.kind !== 'connecting') return { state, effects: [] };
      return {
        state: { kind: 'failed', code: 'BAD_MESSAGE', reason: event.reason },
        effects: [{ type: 'drop-socket' }],
      };
    case 'socket-closed': {
      const { closeCode } = event;
      if (state.kind !== 'connecting' && state.kind !== 'open') return { state, effects: [] };
      const reason = event.reason === '' ? `closed with code ${closeCode}` : event.reason;
      const code = errorOfClose(closeCode);
      if (code !== undefined && !ERRORS[code].retry)
        return { state: { kind: 'failed', code, reason }, effects: [{ type: 'drop-socket' }] };
      return again(state, reason, event, { type: 'drop-socket' });
    }
    case 'silence':
      if (state.kind !== 'open' && state.kind !== 'connecting') return { state, effects: [] };
      return again(state, 'the gateway fell silent', event, { type: 'drop-socket', dead: true });
    case 'goaway':
      return state.kind === 'open' ? moveAway(state, event) : { state, effects: [] };
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

interface Now {
  nowMs: number;
  random: number;
}

function again(
  state: Extract<ConnectionState, { kind: 'connecting' | 'open' }>,
  reason: string,
  { nowMs, random }: Now,
  drop: ConnectionEffect,
): ConnectionStep {
  const failures = isStable(state, nowMs) ? 0 : state.attempt;
  return {
    state: { kind: 'waiting', attempt: failures + 1, reason },
    effects: [drop, { type: 'retry-in', ms: backoffMs(failures, random) }],
  };
}

/**
 * Spread over the first half of the grace, so that not everyone arrives elsewhere at once. A
 * gateway that sends everyone away at once counts as one that fails.
 */
function moveAway(
  state: Extract<ConnectionState, { kind: 'open' }>,
  { graceMs, nowMs, random }: Now & { graceMs: number },
): ConnectionStep {
  const stable = isStable(state, nowMs);
  const spreadMs = Math.floor((random * graceMs) / 2);
  const ms = stable ? spreadMs : Math.max(spreadMs, backoffMs(state.attempt, random));
  return {
    state: {
      kind: 'waiting',
      attempt: stable ? 0 : state.attempt + 1,
      reason: 'the gateway is stopping',
    },
    effects: [{ type: 'drop-socket' }, { type: 'retry-in', ms }],
  };
}

function isStable(state: ConnectionState, nowMs: number): boolean {
  return state.kind === 'open' && nowMs - state.sinceMs >= STABLE_MS;
}
