import {
  ERRORS,
  START_POSITION,
  SpantailError,
  backoffMs,
  parseCursor,
  type ClientMessage,
  type Cursor,
  type EndReason,
  type FrameHead,
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
 *      ▲ any ──disconnected───┘  ▲                          ▲    │ hole, error │             │
 *      │                         └──retry── backing-off ◀───│────┘─────────────┘             │
 *      │                                                    └────────── events ──────────────┘
 *   receiving ──overflow──▶ pausing ──unsubscribed──▶ paused ──drained──▶ subscribing
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
    | 'backing-off'
    | 'pausing'
    | 'paused'
    | 'failed'
    | 'closed';
  connected: boolean;
  /** Undefined: from the beginning. */
  position: Cursor | undefined;
  /** Holes and errors in a row without a frame taken. */
  failures: number;
  /** While pausing: the consumer has drained already. */
  drained: boolean;
  /** Where the run's end was told last: after another connect the server tells it again. */
  endedAt: Cursor | undefined;
}

export interface SubscriptionRequest {
  streamId: StreamId;
  payloads?: 'inline' | 'reference';
  filter?: RunsFilter;
}

export type SubscriptionEvent =
  | { type: 'connected' }
  | { type: 'disconnected' }
  /** `random`: uniform in [0, 1), for back-off. */
  | { type: 'message'; message: ServerMessage; random: number }
  /** The back-off is over. */
  | { type: 'retry' }
  /** The consumer's queue is full. */
  | { type: 'overflow' }
  /** The consumer's queue has room again. */
  | { type: 'drained' }
  /** The connection will not come back. */
  | { type: 'refused'; error: SpantailError }
  | { type: 'close' };

export interface Frame extends FrameHead {
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
  | { type: 'retry-in'; ms: number }
  | { type: 'cancel-retry' }
  /** The last effect there is. */
  | { type: 'fail'; error: SpantailError };

export interface SubscriptionStep {
  state: SubscriptionState;
  effects: SubscriptionEffect[];
}

/** A server that answers every subscribe with a hole is broken; asking for ever would not mend it. */
export const MOST_FAILURES = 5;

export function startSubscription(after?: Cursor): SubscriptionState {
  return {
    kind: 'detached',
    connected: false,
    position: after,
    failures: 0,
    drained: false,
    endedAt: undefined,
  };
}

export function subscriptionStep(
  request: SubscriptionRequest,
  state: SubscriptionState,
  event: SubscriptionEvent,
): SubscriptionStep {
  if (state.kind === 'closed' || state.kind === 'failed') return stay(state);
  switch (event.type) {
    case 'connected': {
      const connected = { ...state, connected: true };
      return state.kind === 'detached' ? subscribe(request, connected) : stay(connected);
    }
    case 'disconnected':
      return disconnect(state);
    case 'retry':
      return state.kind === 'backing-off' ? subscribe(request, state) : stay(state);
    case 'overflow':
      if (!isReceiving(state)) return stay(state);
      return go(state, { kind: 'pausing', drained: false }, unsubscribe(request));
    case 'drained':
      if (state.kind === 'pausing') return go(state, { drained: true });
      if (state.kind !== 'paused') return stay(state);
      return state.connected ? subscribe(request, state) : go(state, { kind: 'detached' });
    case 'refused':
      return go(state, { kind: 'failed' }, CANCEL, { type: 'fail', error: event.error });
    case 'close':
      return go(state, { kind: 'closed' }, CANCEL, ...leave(request, state));
    case 'message':
      return receive(request, state, event.message, event.random);
  }
}

const CANCEL: SubscriptionEffect = { type: 'cancel-retry' };

/** What was paused stays so: nothing is asked for until the consumer has drained. */
function disconnect(state: SubscriptionState): SubscriptionStep {
  const stays = state.kind === 'paused' || (state.kind === 'pausing' && !state.drained);
  return go(state, { kind: stays ? 'paused' : 'detached', connected: false }, CANCEL);
}

function receive(
  request: SubscriptionRequest,
  state: SubscriptionState,
  message: ServerMessage,
  random: number,
): SubscriptionStep {
  if (message.type === 'error') {
    // Otherwise it is about what was left already; the next subscribe will show.
    if (!isReceiving(state) && state.kind !== 'subscribing') return stay(state);
    const error = new SpantailError(message.code, message.message);
    return ERRORS[message.code].retry
      ? tryAgain(request, state, error, backoffMs(state.failures, random))
      : go(state, { kind: 'failed' }, { type: 'fail', error });
  }
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
      return takeFrame(request, state, message, random);
    case 'live':
      if (message.cursor !== undefined && !isAt(state, message.cursor))
        return fillHole(request, state, message.cursor, random);
      return go(
        state,
        { kind: 'live', position: state.position ?? message.cursor },
        { type: 'notice', notice: { type: 'live' } },
      );
    case 'end': {
      const { reason, cursor } = message;
      // An end that is believed too early would hide what is missing for good.
      if (!isAt(state, cursor)) return fillHole(request, state, cursor, random);
      const ended = { kind: 'ended', endedAt: cursor } as const;
      if (state.endedAt === cursor) return go(state, ended);
      return go(state, ended, { type: 'notice', notice: { type: 'end', reason, cursor } });
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
        { kind: 'catching-up', position: undefined, failures: 0, endedAt: undefined },
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
  { prev, cursor, entries, events }: Frame,
  random: number,
): SubscriptionStep {
  const { kind } = state;
  if (!isAt(state, prev)) return fillHole(request, state, prev, random);
  return go(
    state,
    { kind: kind === 'ended' ? 'live' : kind, position: cursor, failures: 0 },
    {
      type: 'frame',
      frame: { prev, cursor, events, ...(entries === undefined ? {} : { entries }) },
    },
  );
}

/** Whether a cursor is the position: without one yet, the place before the first entry ever. */
function isAt({ position }: SubscriptionState, cursor: Cursor): boolean {
  if (position !== undefined) return position === cursor;
  const parts = parseCursor(cursor);
  return parts?.position === START_POSITION && parts.skip === 0;
}

function fillHole(
  request: SubscriptionRequest,
  state: SubscriptionState,
  found: Cursor,
  random: number,
): SubscriptionStep {
  const { position = 'the beginning', failures } = state;
  const error = new SpantailError(
    'INTERNAL',
    `the gateway goes on at ${found}, not at ${position}, however often it is asked`,
  );
  return tryAgain(request, state, error, failures === 0 ? 0 : backoffMs(failures, random));
}

/** Subscribes again from the proven position, in `ms`; a few times in a row only. */
function tryAgain(
  request: SubscriptionRequest,
  state: SubscriptionState,
  error: SpantailError,
  ms: number,
): SubscriptionStep {
  const failures = state.failures + 1;
  if (failures >= MOST_FAILURES)
    return go(state, { kind: 'failed', failures }, ...leave(request, state), {
      type: 'fail',
      error,
    });
  if (ms === 0) return subscribe(request, { ...state, failures });
  return go(state, { kind: 'backing-off', failures }, { type: 'retry-in', ms });
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

/** Says goodbye where the server may still be sending. */
function leave(request: SubscriptionRequest, state: SubscriptionState): SubscriptionEffect[] {
  const asked = isReceiving(state) || state.kind === 'subscribing' || state.kind === 'backing-off';
  return asked ? [unsubscribe(request)] : [];
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
