import {
  ERRORS,
  SpantailError,
  type ErrorCode,
  type ErrorEntry,
  type ServerMessage,
} from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import {
  MOST_FAILURES,
  subscriptionStep,
  type Notice,
  type SubscriptionEffect,
  type SubscriptionEvent,
  type SubscriptionState,
} from '../../../client/src/subscription/subscription-state.ts';

type StateKind = SubscriptionState['kind'];
type StreamMessage = Exclude<ServerMessage['type'], 'hello' | 'goaway' | 'heartbeat' | 'blobs'>;
type EventType = Exclude<SubscriptionEvent['type'], 'message'> | StreamMessage | 'hole' | 'fault';
type EffectName =
  | Exclude<SubscriptionEffect['type'], 'send' | 'notice'>
  | 'subscribe'
  | 'unsubscribe'
  | `notice ${Notice['type']}`;
type Cell = [to: StateKind, ...effects: EffectName[]];

const streamId = 'a'.repeat(32);
const request = { streamId };
const at = (position: number): string => `00000000.e.${position}-0.00000000`;

function stateOf(kind: StateKind, change: Partial<SubscriptionState> = {}): SubscriptionState {
  const connected = kind !== 'detached';
  return {
    kind,
    connected,
    position: at(1),
    failures: 1,
    drained: false,
    endedAt: undefined,
    ...change,
  };
}

const message = (message: ServerMessage): SubscriptionEvent => ({
  type: 'message',
  message,
  random: 0.5,
});
const error = new SpantailError('PROTOCOL_UNSUPPORTED', 'gone');
const events = (prev: number): SubscriptionEvent =>
  message({ type: 'events', streamId, prev: at(prev), cursor: at(prev + 1), events: [] });
const failing = (code: ErrorCode): SubscriptionEvent =>
  message({ type: 'error', code, message: 'm', streamId });

const EVENTS: Record<EventType, SubscriptionEvent> = {
  connected: { type: 'connected' },
  disconnected: { type: 'disconnected' },
  retry: { type: 'retry' },
  overflow: { type: 'overflow' },
  drained: { type: 'drained' },
  refused: { type: 'refused', error },
  close: { type: 'close' },
  subscribed: message({ type: 'subscribed', streamId, cursor: at(1) }),
  events: events(1),
  hole: events(3),
  live: message({ type: 'live', streamId, cursor: at(1) }),
  end: message({ type: 'end', streamId, cursor: at(1), reason: 'finished' }),
  gap: message({ type: 'gap', streamId, after: at(1), cursor: at(5), reason: 'trimmed' }),
  reset: message({ type: 'reset', streamId, reason: 'lost' }),
  stalled: message({ type: 'stalled', streamId, reason: 'log' }),
  unsubscribed: message({ type: 'unsubscribed', streamId }),
  error: failing('CURSOR_INVALID'),
  fault: failing('INTERNAL'),
};

const GONE = (kind: StateKind): Record<EventType, Cell> => ({
  connected: [kind],
  disconnected: [kind],
  retry: [kind],
  overflow: [kind],
  drained: [kind],
  refused: [kind],
  close: [kind],
  subscribed: [kind],
  events: [kind],
  hole: [kind],
  live: [kind],
  end: [kind],
  gap: [kind],
  reset: [kind],
  stalled: [kind],
  unsubscribed: [kind],
  error: [kind],
  fault: [kind],
});

/** In the states in which frames are for us; `kind` is what a frame leads to. */
const RECEIVING = (kind: StateKind, afterFrame: StateKind): Record<EventType, Cell> => ({
  connected: [kind],
  disconnected: ['detached', 'cancel-retry'],
  retry: [kind],
  overflow: ['pausing', 'unsubscribe'],
  drained: [kind],
  refused: ['failed', 'cancel-retry', 'fail'],
  close: ['closed', 'cancel-retry', 'unsubscribe'],
  subscribed: [kind],
  events: [afterFrame, 'frame'],
  hole: ['backing-off', 'retry-in'],
  live: ['live', 'notice live'],
  end: ['ended', 'notice end'],
  gap: [kind, 'notice gap'],
  reset: ['catching-up', 'notice reset'],
  stalled: [kind, 'notice stalled'],
  unsubscribed: [kind],
  error: ['failed', 'fail'],
  fault: ['backing-off', 'retry-in'],
});

/** In the states in which no frame is for us. */
const DEAF = (kind: StateKind): Record<EventType, Cell> => ({
  ...GONE(kind),
  disconnected: ['detached', 'cancel-retry'],
  refused: ['failed', 'cancel-retry', 'fail'],
  close: ['closed', 'cancel-retry'],
});

/** Every state under every event: the compiler asks for a cell that is missing. */
const TABLE: Record<StateKind, Record<EventType, Cell>> = {
  detached: { ...DEAF('detached'), connected: ['subscribing', 'subscribe'] },
  subscribing: {
    ...DEAF('subscribing'),
    close: ['closed', 'cancel-retry', 'unsubscribe'],
    subscribed: ['catching-up'],
    error: ['failed', 'fail'],
    fault: ['backing-off', 'retry-in'],
  },
  'catching-up': RECEIVING('catching-up', 'catching-up'),
  live: RECEIVING('live', 'live'),
  ended: RECEIVING('ended', 'live'),
  'backing-off': {
    ...DEAF('backing-off'),
    retry: ['subscribing', 'subscribe'],
    close: ['closed', 'cancel-retry', 'unsubscribe'],
  },
  pausing: {
    ...DEAF('pausing'),
    disconnected: ['paused', 'cancel-retry'],
    unsubscribed: ['paused'],
  },
  paused: {
    ...DEAF('paused'),
    disconnected: ['paused', 'cancel-retry'],
    drained: ['subscribing', 'subscribe'],
  },
  failed: GONE('failed'),
  closed: GONE('closed'),
};

function nameOf(effect: SubscriptionEffect): EffectName {
  if (effect.type === 'notice') return `notice ${effect.notice.type}`;
  if (effect.type !== 'send') return effect.type;
  if (effect.message.type === 'ping') throw new Error('subscriptions do not ping');
  return effect.message.type;
}

const cells = Object.entries(TABLE).flatMap(([from, row]) =>
  Object.entries(row).map(([event, cell]) => ({
    from: from as StateKind,
    event: event as EventType,
    cell,
  })),
);

describe('the subscription machine', () => {
  it.each(cells)('is $cell when it is $from and hears $event', ({ from, event, cell }) => {
    const { state, effects } = subscriptionStep(request, stateOf(from), EVENTS[event]);
    expect([state.kind, ...effects.map(nameOf)]).toEqual(cell);
  });

  it('[CL1] moves its position with the frames it takes, and with nothing else', () => {
    const taken = subscriptionStep(request, stateOf('live'), EVENTS.events).state;
    expect(taken).toMatchObject({ position: at(2), failures: 0 });
    for (const event of ['hole', 'live', 'end', 'stalled', 'fault', 'disconnected'] as const)
      expect(subscriptionStep(request, stateOf('live'), EVENTS[event]).state.position).toBe(at(1));
    const { position } = subscriptionStep(
      request,
      stateOf('subscribing', { position: undefined }),
      EVENTS.subscribed,
    ).state;
    expect(position).toBe(at(1));
  });

  it('[CL6] takes an end or live elsewhere for a hole: what is missing would never come', () => {
    for (const type of ['live', 'end'] as const)
      for (const position of [at(1), undefined]) {
        const said = message({
          type,
          streamId,
          cursor: at(3),
          reason: 'finished',
        } as ServerMessage);
        const state = stateOf('catching-up', { position, failures: 0 });
        expect(subscriptionStep(request, state, said).effects.map(nameOf)).toEqual(['subscribe']);
      }
  });

  it('[CL4] forgets its position at a reset', () => {
    const ended = stateOf('ended', { endedAt: at(1), failures: 3 });
    expect(subscriptionStep(request, ended, EVENTS.reset).state).toMatchObject({
      kind: 'catching-up',
      position: undefined,
      endedAt: undefined,
    });
  });

  it('[CL5] goes on behind a gap', () => {
    expect(subscriptionStep(request, stateOf('live'), EVENTS.gap).state.position).toBe(at(5));
  });

  it('[CL6] asks again at once after a hole, then with back-off, then gives up', () => {
    let state = stateOf('live', { failures: 0 });
    const first = subscriptionStep(request, state, EVENTS.hole);
    expect(first.effects).toEqual([
      { type: 'send', message: { type: 'subscribe', streamId, after: at(1) } },
    ]);
    state = first.state;
    for (let failures = 1; failures < MOST_FAILURES - 1; failures++) {
      state = subscriptionStep(request, state, EVENTS.subscribed).state;
      const { effects, state: next } = subscriptionStep(request, state, EVENTS.hole);
      expect(effects).toEqual([{ type: 'retry-in', ms: 0.5 * 250 * 2 ** failures }]);
      state = subscriptionStep(request, next, EVENTS.retry).state;
    }
    state = subscriptionStep(request, state, EVENTS.subscribed).state;
    const last = subscriptionStep(request, state, EVENTS.hole);
    expect(last.state.kind).toBe('failed');
    expect(last.effects).toMatchObject([
      { type: 'send', message: { type: 'unsubscribe' } },
      { type: 'fail', error: { code: 'INTERNAL' } },
    ]);
  });

  it.each(Object.entries<ErrorEntry>(ERRORS))(
    '[CL6] treats %s as the table says',
    (code, entry) => {
      const { state } = subscriptionStep(
        request,
        stateOf('subscribing'),
        failing(code as ErrorCode),
      );
      expect(state.kind).toBe(entry.retry ? 'backing-off' : 'failed');
    },
  );

  it('[CL11] asks again when it is drained, in whatever state that finds it', () => {
    const step = (state: SubscriptionState, ...names: EventType[]) => {
      let effects: SubscriptionEffect[] = [];
      for (const name of names) {
        const next = subscriptionStep(request, state, EVENTS[name]);
        state = next.state;
        effects = next.effects;
      }
      return [state.kind, ...effects.map(nameOf)];
    };
    const live = stateOf('live');
    expect(step(live, 'overflow', 'drained', 'unsubscribed')).toEqual(['subscribing', 'subscribe']);
    expect(step(live, 'overflow', 'unsubscribed', 'drained')).toEqual(['subscribing', 'subscribe']);
    expect(step(live, 'overflow', 'drained', 'disconnected', 'connected')).toEqual([
      'subscribing',
      'subscribe',
    ]);
    expect(step(live, 'overflow', 'disconnected', 'drained')).toEqual(['detached']);
    expect(step(live, 'overflow', 'disconnected', 'drained', 'connected')).toEqual([
      'subscribing',
      'subscribe',
    ]);
    expect(step(live, 'overflow', 'disconnected', 'connected', 'drained')).toEqual([
      'subscribing',
      'subscribe',
    ]);
  });

  it('[CL14] tells the end once, until more events came', () => {
    const first = subscriptionStep(request, stateOf('catching-up'), EVENTS.end);
    expect(first.effects.map(nameOf)).toEqual(['notice end']);
    const again = subscriptionStep(request, { ...first.state, kind: 'catching-up' }, EVENTS.end);
    expect([again.state.kind, ...again.effects]).toEqual(['ended']);
    const later = subscriptionStep(request, again.state, EVENTS.events).state;
    const end = message({ type: 'end', streamId, cursor: at(2), reason: 'finished' });
    expect(subscriptionStep(request, later, end).effects.map(nameOf)).toEqual(['notice end']);
  });
});
