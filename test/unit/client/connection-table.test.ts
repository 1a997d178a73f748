import { describe, expect, it } from 'vitest';
import {
  STABLE_MS,
  connectionStep,
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
} from '../../../client/src/connection/connection-state.ts';

type StateKind = ConnectionState['kind'];
type EventType = ConnectionEvent['type'];
type Cell = [to: StateKind, ...effects: ConnectionEffect['type'][]];

const STATES: { [K in StateKind]: Extract<ConnectionState, { kind: K }> } = {
  idle: { kind: 'idle' },
  connecting: { kind: 'connecting', attempt: 2 },
  open: { kind: 'open', attempt: 2, sinceMs: 1_000 },
  waiting: { kind: 'waiting', attempt: 2, reason: 'r' },
  failed: { kind: 'failed', code: 'PROTOCOL_UNSUPPORTED', reason: 'r' },
  closed: { kind: 'closed' },
};
const EVENTS: { [T in EventType]: Extract<ConnectionEvent, { type: T }> } = {
  want: { type: 'want' },
  unwanted: { type: 'unwanted' },
  opened: { type: 'opened', nowMs: 1_500 },
  refused: { type: 'refused', reason: 'r' },
  'socket-closed': {
    type: 'socket-closed',
    closeCode: 1006,
    reason: '',
    nowMs: 1_500,
    random: 0.5,
  },
  silence: { type: 'silence', nowMs: 1_500, random: 0.5 },
  goaway: { type: 'goaway', graceMs: 4_000, nowMs: 1_500, random: 0.5 },
  retry: { type: 'retry' },
  close: { type: 'close' },
};

/** Every state under every event: the compiler asks for a cell that is missing. */
const TABLE: Record<StateKind, Record<EventType, Cell>> = {
  idle: {
    want: ['connecting', 'open-socket'],
    unwanted: ['idle', 'cancel-retry', 'drop-socket'],
    opened: ['idle'],
    refused: ['idle'],
    'socket-closed': ['idle'],
    silence: ['idle'],
    goaway: ['idle'],
    retry: ['idle'],
    close: ['closed', 'cancel-retry', 'drop-socket'],
  },
  connecting: {
    want: ['connecting'],
    unwanted: ['idle', 'cancel-retry', 'drop-socket'],
    opened: ['open'],
    refused: ['failed', 'drop-socket'],
    'socket-closed': ['waiting', 'drop-socket', 'retry-in'],
    silence: ['waiting', 'drop-socket', 'retry-in'],
    goaway: ['connecting'],
    retry: ['connecting'],
    close: ['closed', 'cancel-retry', 'drop-socket'],
  },
  open: {
    want: ['open'],
    unwanted: ['idle', 'cancel-retry', 'drop-socket'],
    opened: ['open'],
    refused: ['open'],
    'socket-closed': ['waiting', 'drop-socket', 'retry-in'],
    silence: ['waiting', 'drop-socket', 'retry-in'],
    goaway: ['waiting', 'drop-socket', 'retry-in'],
    retry: ['open'],
    close: ['closed', 'cancel-retry', 'drop-socket'],
  },
  waiting: {
    want: ['waiting'],
    unwanted: ['idle', 'cancel-retry', 'drop-socket'],
    opened: ['waiting'],
    refused: ['waiting'],
    'socket-closed': ['waiting'],
    silence: ['waiting'],
    goaway: ['waiting'],
    retry: ['connecting', 'open-socket'],
    close: ['closed', 'cancel-retry', 'drop-socket'],
  },
  failed: {
    want: ['failed'],
    unwanted: ['failed'],
    opened: ['failed'],
    refused: ['failed'],
    'socket-closed': ['failed'],
    silence: ['failed'],
    goaway: ['failed'],
    retry: ['failed'],
    close: ['closed', 'cancel-retry', 'drop-socket'],
  },
  closed: {
    want: ['closed'],
    unwanted: ['closed'],
    opened: ['closed'],
    refused: ['closed'],
    'socket-closed': ['closed'],
    silence: ['closed'],
    goaway: ['closed'],
    retry: ['closed'],
    close: ['closed'],
  },
};

const cells = Object.entries(TABLE).flatMap(([from, row]) =>
  Object.entries(row).map(([event, cell]) => ({
    from: from as StateKind,
    event: event as EventType,
    cell,
  })),
);

describe('the connection machine', () => {
  it.each(cells)('is $cell when it is $from and hears $event', ({ from, event, cell }) => {
    const before = STATES[from];
    const { state, effects } = connectionStep(before, EVENTS[event]);
    expect([state.kind, ...effects.map(({ type }) => type)]).toEqual(cell);
    // Nothing happened: nobody is told of a change.
    if (effects.length === 0 && state.kind === from) expect(state).toBe(before);
  });

  it('[CL7] waits uniformly below a bound that doubles up to 15 s, counting failures', () => {
    const bounds = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000];
    let attempt = 0;
    for (const bound of bounds) {
      for (const random of [0, 0.5, 0.999]) {
        const { state, effects } = connectionStep(
          { kind: 'connecting', attempt },
          { type: 'socket-closed', closeCode: 1006, reason: '', nowMs: 0, random },
        );
        expect(effects).toContainEqual({ type: 'retry-in', ms: Math.floor(random * bound) });
        expect(state).toMatchObject({ kind: 'waiting', attempt: attempt + 1 });
      }
      attempt++;
    }
  });

  it.each([
    [STABLE_MS, 1, 125],
    [STABLE_MS - 1, 8, 7_500],
  ])('[CL7] counts from 0 again after %d ms open only', (openMs, attempt, ms) => {
    const { state, effects } = connectionStep(
      { kind: 'open', attempt: 7, sinceMs: 10 },
      { type: 'socket-closed', closeCode: 1006, reason: '', nowMs: 10 + openMs, random: 0.5 },
    );
    expect(state).toMatchObject({ attempt });
    expect(effects).toContainEqual({ type: 'retry-in', ms });
  });

  it.each([
    [4400, 'BAD_MESSAGE'],
    [4406, 'PROTOCOL_UNSUPPORTED'],
    [4413, 'TOO_LARGE'],
  ])('[CL8] ends for good at close code %d', (closeCode, code) => {
    for (const before of [STATES.open, STATES.connecting])
      expect(
        connectionStep(before, { ...EVENTS['socket-closed'], closeCode, reason: 'why' }),
      ).toEqual({
        state: { kind: 'failed', code, reason: 'why' },
        effects: [{ type: 'drop-socket' }],
      });
  });

  it.each([1000, 1001, 1006, 1009, 1011, 4408, 4500, 4503, 4999])(
    '[CL8] connects again after close code %d',
    (closeCode) => {
      const { state } = connectionStep(STATES.open, { ...EVENTS['socket-closed'], closeCode });
      expect(state.kind).toBe('waiting');
    },
  );

  it('[CL9] moves within the first half of the grace, and slower when it is sent away at once', () => {
    const wait = (sinceMs: number, random: number, graceMs = 4_000) =>
      connectionStep(
        { kind: 'open', attempt: 5, sinceMs },
        { type: 'goaway', graceMs, nowMs: 20_000, random },
      );
    for (const random of [0, 0.5, 0.999]) {
      const { state, effects } = wait(0, random);
      expect(effects[1]).toEqual({ type: 'retry-in', ms: Math.floor(random * 2_000) });
      expect(state).toMatchObject({ attempt: 0 });
    }
    expect(wait(19_999, 0.5, 0)).toMatchObject({
      state: { attempt: 6 },
      effects: [{ type: 'drop-socket' }, { type: 'retry-in', ms: 4_000 }],
    });
  });

  it('[CL10] does not wait for the goodbye of a peer that fell silent', () => {
    const { effects } = connectionStep(STATES.open, EVENTS.silence);
    expect(effects[0]).toEqual({ type: 'drop-socket', dead: true });
  });
});
