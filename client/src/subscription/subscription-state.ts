import {
  SpantailError,
  type ClientMessage,
  type Cursor,
  type EndReason,
  type GapReason,
  type ResetReason,
  type RunsFilter,
  type ServerMessage,
  type StreamId,
} from '@spantail/protocol';

/**
 * One subscription's place in its stream, as a pure function.
 *
 *   detached ──connected──▶ subscribing ──subscribed──▶ catching-up ──live──▶ live ──end──▶ ended
 *      ▲ any ──disconnected───┘                             ▲    hole │          │             │
 *      │                                                    └─────────┴── events ┴─────────────┘
 *   pausing ──unsubscribed──▶ paused ──drained──▶ subscribing
 *
 * `position` is the last cursor handed to the consumer's queue. A frame is taken only when its
 * `prev` is the position: then nothing is missing and nothing comes twice. Between a `subscribe`
 * and its `subscribed` every frame belongs to an older subscription and is passed over.
 */
export interface SubscriptionState {
  kind:
    | 'detached'
    | 'subscribing'
    | 'catching-up'
    | 'live'
    | 'ended'
    | 'pausing'
    | 'paused'
    | 'failed'
    | 'closed';
  /** Undefined: from the beginning. */
  position: Cursor | undefined;
  /** Holes in a row without a frame taken. */
  holes: number;
  /** While pausing: the consumer has drained already. */
  drained: boolean;
}

export interface SubscriptionRequest {
  streamId: StreamId;
  payloads?: 'inline' | 'reference';
  filter?: RunsFilter;
}

export type SubscriptionEvent =
  | { type: 'connected' }
  | { type: 'disconnected' }
  | { type: 'message'; message: ServerMessage }
  /** The consumer's queue is full. */
  | { type: 'overflow' }
  /** The consumer's queue has room again. */
  | { type: 'drained' }
  | { type: 'close' };

export interface Frame {
  prev: Cursor;
  cursor: Cursor;
  events: (Uint8Array | null)[];
}

export type Notice =
  | { type: 'gap'; after: Cursor; cursor: Cursor; reason: GapReason }
  | { type: 'reset'; reason: ResetReason }
  | { type: 'live' }
  | { type: 'end'; reason: EndReason; cursor: Cursor }
  | { type: 'stalled'; reason: string };

export type SubscriptionEffect =
  | { type: 'send'; message: ClientMessage }
  | { type: 'frame'; frame: Frame }
  | { type: 'notice'; notice: Notice }
  | { type: 'fail'; error: SpantailError };

export interface SubscriptionStep {
  state: SubscriptionState;
  effects: SubscriptionEffect[];
}

/** A server that answers every subscribe with a hole is broken; asking for ever would not mend it. */
export const MOST_HOLES = 5;

export function startSubscription(after?: Cursor): SubscriptionState {
  return { kind: 'detached', position: after, holes: 0, drained: false };
}

export function subscriptionStep(
  request: SubscriptionRequest,
  state: SubscriptionState,
  event: SubscriptionEvent,
): SubscriptionStep {
  if (state.kind === 'closed' || state.kind === 'failed') return stay(state);
  switch (event.type) {
    case 'connected':
      return state.kind === 'detached' ? subscribe(request, state) : stay(state);
    case 'disconnected':
      // What was paused stays so: nothing is asked for until the consumer has drained.
      if (state.kind === 'pausing' && !state.drained) return go(state, { kind: 'paused' });
      return state.kind === 'paused' ? stay(state) : go(state, { kind: 'detached' });
    case 'overflow':
      if (!isReceiving(state)) return stay(state);
      return go(state, { kind: 'pausing', drained: false }, unsubscribe(request));
    case 'drained':
      if (state.kind === 'pausing') return go(state, { drained: true });
      return state.kind === 'paused' ? subscribe(request, state) : stay(state);
    case 'close':
      return isReceiving(state) || state.kind === 'subscribing'
        ? go(state, { kind: 'closed' }, unsubscribe(request))
        : go(state, { kind: 'closed' });
    case 'message':
      return receive(request, state, event.message);
  }
}

function receive(
  request: SubscriptionRequest,
  state: SubscriptionState,
  message: ServerMessage,
): SubscriptionStep {
  if (message.type === 'error')
    return go(
      state,
      { kind: 'failed' },
      { type: 'fail', error: new SpantailError(message.code, message.message) },
    );
  if (state.kind === 'pausing') {
    if (message.type !== 'unsubscribed') return stay(state);
    return state.drained ? subscribe(request, state) : go(state, { kind: 'paused' });
  }
  if (state.kind === 'subscribing') {
    if (message.type !== 'subscribed') return stay(state);
    return go(state, { kind: 'catching-up', position: state.position ?? message.cursor });
  }
  if (!isReceiving(state)) return stay(state);
  switch (message.type) {
    case 'events':
      return takeFrame(request, state, message);
    case 'live':
      return go(
        state,
        { kind: 'live', position: state.position ?? message.cursor },
        { type: 'notice', notice: { type: 'live' } },
      );
    case 'end': {
      const { reason, cursor } = message;
      return go(
        state,
        { kind: 'ended' },
        { type: 'notice', notice: { type: 'end', reason, cursor } },
      );
    }
    case 'gap': {
      const { after, cursor, reason } = message;
      return go(
        state,
        { position: cursor },
        { type: 'notice', notice: { type: 'gap', after, cursor, reason } },
      );
    }
    case 'reset':
      return go(
        state,
        { kind: 'catching-up', position: undefined, holes: 0 },
        { type: 'notice', notice: { type: 'reset', reason: message.reason } },
      );
    case 'stalled':
      return go(state, {}, { type: 'notice', notice: { type: 'stalled', reason: message.reason } });
    default:
      return stay(state);
  }
}

function takeFrame(
  request: SubscriptionRequest,
  state: SubscriptionState,
  { prev, cursor, events }: Frame,
): SubscriptionStep {
  if (state.position !== undefined && state.position !== prev) {
    if (state.holes + 1 < MOST_HOLES)
      return subscribe(request, { ...state, holes: state.holes + 1 });
    const error = new SpantailError(
      'INTERNAL',
      `the gateway goes on at ${prev}, not at ${state.position}, however often it is asked`,
    );
    return go(state, { kind: 'failed' }, { type: 'fail', error });
  }
  const kind = state.kind === 'ended' ? 'live' : state.kind;
  return go(
    state,
    { kind, position: cursor, holes: 0 },
    { type: 'frame', frame: { prev, cursor, events } },
  );
}

function subscribe(request: SubscriptionRequest, state: SubscriptionState): SubscriptionStep {
  const { position } = state;
  return go(
    state,
    { kind: 'subscribing', drained: false },
    {
      type: 'send',
      message: {
        type: 'subscribe',
        ...request,
        ...(position === undefined ? {} : { after: position }),
      },
    },
  );
}

function unsubscribe({ streamId }: SubscriptionRequest): SubscriptionEffect {
  return { type: 'send', message: { type: 'unsubscribe', streamId } };
}

/** In the states in which the server's frames are for us. */
export function isReceiving(state: SubscriptionState): boolean {
  return state.kind === 'catching-up' || state.kind === 'live' || state.kind === 'ended';
}

function stay(state: SubscriptionState): SubscriptionStep {
  return { state, effects: [] };
}

function go(
  state: SubscriptionState,
  change: Partial<SubscriptionState>,
  ...effects: SubscriptionEffect[]
): SubscriptionStep {
  return { state: { ...state, ...change }, effects };
}
