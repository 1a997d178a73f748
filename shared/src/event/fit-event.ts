import { encodeEvent } from '../codec/encode-event.ts';
import { LIMITS } from '../limits.ts';
import { hasAtMostCharacters, truncate } from '../text/utf8.ts';
import type { CloseEvent, TraceEvent } from './event.ts';
import { payloadsOf } from './payloads-of.ts';

/** Longest text kept of an error when an event has to be cut. */
const ERROR_CHARACTERS = 4_096;

/** An event that the log takes, and how many of its contents had to go for that. */
export interface FittedEvent {
  event: TraceEvent;
  bytes: Uint8Array;
  payloadsLost: number;
}

/**
 * The event encoded, within `LIMITS.eventBytes`. What does not fit goes in steps: payloads, logs,
 * attributes, long error texts. `undefined` when even that is too much or cannot be encoded.
 */
export function fitEvent(event: TraceEvent): FittedEvent | undefined {
  let fitted = shortName(event);
  let payloadsLost = 0;
  for (const step of [undefined, ...STEPS]) {
    if (step !== undefined) {
      const before = fitted;
      fitted = step(fitted);
      if (fitted === before) continue;
      payloadsLost++;
    }
    const bytes = tryEncode(fitted);
    if (bytes !== undefined) return { event: fitted, bytes, payloadsLost };
  }
  return undefined;
}

/** The event without inputs and outputs, and how many it had. */
export function withoutPayloads(event: TraceEvent): { event: TraceEvent; payloads: number } {
  const payloads = payloadsOf(event).length;
  if (payloads === 0) return { event, payloads };
  const rest = { ...event };
  if ('input' in rest) delete rest.input;
  if ('output' in rest) delete rest.output;
  return { event: rest, payloads };
}

/** What must get through whatever happens: that the span ended, when, and how. */
export function shortestClose({ type, spanId, endUs, status, error }: CloseEvent): CloseEvent {
  return {
    type,
    spanId,
    endUs,
    status,
    ...(error === undefined
      ? {}
      : { error: { type: truncate(error.type, 40), message: truncate(error.message, 40) } }),
  };
}

type Step = (event: TraceEvent) => TraceEvent;

/** Each gives back the same object when it finds nothing to take away. */
const STEPS: Step[] = [
  (event) => withoutPayloads(event).event,
  (event) => {
    if (event.type === 'close' || event.logs === undefined) return event;
    const { logs: _logs, ...rest } = event;
    return rest;
  },
  (event) => {
    if (event.attributes === undefined) return event;
    const { attributes: _attributes, ...rest } = event;
    return rest;
  },
  (event) => {
    if (event.type !== 'open' || event.links === undefined) return event;
    const { links: _links, ...rest } = event;
    return rest;
  },
  (event) => {
    if (event.type !== 'close' || event.error === undefined) return event;
    const { type, message } = event.error;
    return {
      ...event,
      error: {
        type: truncate(type, ERROR_CHARACTERS),
        message: truncate(message, ERROR_CHARACTERS),
      },
    };
  },
];

function shortName(event: TraceEvent): TraceEvent {
  if (event.type === 'close' || event.name === undefined) return event;
  if (hasAtMostCharacters(event.name, LIMITS.nameCharacters)) return event;
  return { ...event, name: `${truncate(event.name, LIMITS.nameCharacters - 1)}…` };
}

function tryEncode(event: TraceEvent): Uint8Array | undefined {
  try {
    const bytes = encodeEvent(event);
    return bytes.byteLength <= LIMITS.eventBytes ? bytes : undefined;
  } catch {
    // Attributes that cannot be written: a later step leaves them out.
    return undefined;
  }
}
