import { LIMITS, SpantailError, isProducerId, refuseUnknownFields } from '@spantail/protocol';
import { checkJsonSize } from './check-json-size.ts';

/** [IJ7] For publishers that do not say how long they may be silent. */
const DEFAULT_LEASE_MS = 600_000;

/** What a request in JSON says, its events not yet read. */
export interface JsonRequest {
  /** Of events that do not say their own. */
  traceId: string | undefined;
  /** Absent: the batches are known by what is in them. */
  identity: { producer: string; number: number } | undefined;
  fin: boolean;
  leaseMs: number;
  events: { value: unknown; path: string }[];
}

const ENVELOPE = ['traceId', 'producer', 'number', 'fin', 'leaseMs', 'events'];
const BARE = {
  traceId: undefined,
  identity: undefined,
  fin: false,
  leaseMs: DEFAULT_LEASE_MS,
} as const;

/**
 * [IJ1] One event, an array of events, or a map around them; or one event a line.
 *
 * @throws SpantailError BATCH_INVALID, TOO_LARGE
 */
export function readBody(body: Uint8Array, isLines: boolean): JsonRequest {
  checkJsonSize(body);
  const text = decodeText(body);
  if (isLines) {
    const events = text
      .split('\n')
      .map((line, i) => ({ line, path: `line ${i + 1}` }))
      .filter(({ line }) => line.trim() !== '')
      .map(({ line, path }) => ({ value: parse(line, path), path }));
    return { ...BARE, events };
  }
  const value = parse(text, 'the body');
  if (Array.isArray(value)) return { ...BARE, events: listed(value) };
  if (typeof value !== 'object' || value === null)
    throw invalid('the body is neither an event nor an array of events');
  if (!('events' in value)) return { ...BARE, events: [{ value, path: 'event' }] };
  return readEnvelope(value);
}

function readEnvelope(value: { readonly [key: string]: unknown; events: unknown }): JsonRequest {
  refuseUnknownFields(new Map(Object.entries(value)), ENVELOPE, '', 'a field beside events');
  const { traceId, producer, number, fin, leaseMs, events } = value;
  if (!Array.isArray(events)) throw invalid('events is not an array');
  if (isGiven(traceId) && typeof traceId !== 'string') throw invalid('traceId is not text');
  if (isGiven(fin) && typeof fin !== 'boolean') throw invalid('fin is not true or false');
  return {
    traceId: typeof traceId === 'string' ? traceId : undefined,
    identity: readIdentity(producer, number),
    fin: fin === true,
    leaseMs: isGiven(leaseMs) ? integer(leaseMs, 'leaseMs', LIMITS.leaseMs) : DEFAULT_LEASE_MS,
    events: listed(events),
  };
}

function readIdentity(producer: unknown, number: unknown): JsonRequest['identity'] {
  if (isGiven(producer) !== isGiven(number))
    throw invalid('producer and number go together: send both, or neither');
  if (!isGiven(producer)) return undefined;
  if (!isProducerId(producer))
    throw invalid('producer is not 1 to 64 of the characters A-Z a-z 0-9 _ . : -');
  return { producer, number: integer(number, 'number', Number.MAX_SAFE_INTEGER) };
}

function listed(values: readonly unknown[]): JsonRequest['events'] {
  return values.map((value, i) => ({ value, path: `events[${i}]` }));
}

function integer(value: unknown, name: string, max: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= max)
    return value;
  throw invalid(`${name} is not an integer from 1 to ${max}`);
}

/** `null` is the same as absent. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function decodeText(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw invalid('the body is not UTF-8');
  }
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw invalid(`${what} is not JSON: ${why}`);
  }
}

function invalid(message: string): SpantailError {
  return new SpantailError('BATCH_INVALID', message);
}
