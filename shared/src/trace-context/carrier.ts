import { decodeUtf8, encodeUtf8 } from '../text/utf8.ts';
import type { TraceContext } from './trace-context.ts';
import { formatTraceparent, parseTraceparent } from './traceparent.ts';

/**
 * Where a context may be read: headers as Node has them, environment variables, an MCP message's
 * `_meta`, a queued message's metadata, pairs as `Headers` and `Map` yield them, or a list of maps.
 * Values are text or UTF-8 bytes, or lists of them; others are passed over.
 */
export type ContextCarrier =
  | Readonly<Record<string, unknown>>
  | Iterable<readonly [string, unknown] | Readonly<Record<string, unknown>>>;

/** Where a context may be written: any map of names, or what has `set`, as `Headers` and `Map`. */
export type ContextSink = Record<string, unknown> | { set(name: string, value: string): unknown };

export interface InjectOptions {
  /** `environment`: in capitals, as variables of a process are. Default `headers`. */
  names?: 'headers' | 'environment';
  /** `bytes`: as UTF-8, for queues whose header values are bytes. Default `text`. */
  values?: 'text' | 'bytes';
}

/** W3C Baggage: what every participant has to hand on. */
const BAGGAGE_CHARACTERS = 8_192;
const STATE_MEMBERS = 32;
const STATE_MEMBER =
  /^[a-z0-9][a-z0-9_\-*/]{0,255}(?:@[a-z][a-z0-9_\-*/]{0,13})?=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;
const PRINTABLE = /^[\x20-\x7e]+$/;

/**
 * Writes the context into headers (`traceparent`, `tracestate`, `baggage`) or, as `environment`,
 * into variables for a child process (`TRACEPARENT`, `TRACESTATE`, `BAGGAGE`). What the carrier
 * already says about a trace is replaced, whatever its case.
 */
export function injectContext(
  context: TraceContext,
  carrier: ContextSink,
  { names = 'headers', values = 'text' }: InjectOptions = {},
): void {
  const fields = {
    traceparent: formatTraceparent(context),
    tracestate: context.traceState,
    baggage: context.baggage,
  };
  const set = setterOf(carrier, Object.keys(fields));
  for (const [name, value] of Object.entries(fields)) {
    // A line break would end the header and begin another one.
    if (value === undefined || !PRINTABLE.test(value)) continue;
    set(
      names === 'headers' ? name : name.toUpperCase(),
      values === 'bytes' ? encodeUtf8(value) : value,
    );
  }
}

function setterOf(
  carrier: ContextSink,
  fields: readonly string[],
): (name: string, value: string | Uint8Array) => void {
  if (typeof carrier.set === 'function') {
    const { set } = carrier as { set: (name: string, value: string | Uint8Array) => unknown };
    return (name, value) => set.call(carrier, name, value);
  }
  const map = carrier as Record<string, unknown>;
  for (const key of Object.keys(map)) if (fields.includes(key.toLowerCase())) delete map[key];
  return (name, value) => {
    map[name] = value;
  };
}

/**
 * The context in a carrier; `undefined` without a valid `traceparent`, or without a carrier: messages
 * often have no headers. Names are compared without case. An invalid `tracestate` or `baggage` is
 * left out by itself.
 */
export function extractContext(
  carrier: ContextCarrier | null | undefined,
): TraceContext | undefined {
  if (typeof carrier !== 'object' || carrier === null) return undefined;
  const found = collect(carrier);
  const [traceparent, ...others] = new Set(found.traceparent);
  // Two different parents: neither can be believed.
  if (traceparent === undefined || others.length > 0) return undefined;
  const context = parseTraceparent(traceparent);
  if (context === undefined) return undefined;
  const traceState = found.tracestate.join(',');
  if (isTraceState(traceState)) context.traceState = traceState;
  const baggage = found.baggage.join(',');
  if (baggage.length <= BAGGAGE_CHARACTERS && PRINTABLE.test(baggage)) context.baggage = baggage;
  return context;
}

interface Found {
  traceparent: string[];
  tracestate: string[];
  baggage: string[];
}

function collect(carrier: ContextCarrier): Found {
  const found: Found = { traceparent: [], tracestate: [], baggage: [] };
  for (const [key, value] of pairsOf(carrier)) {
    const name = typeof key === 'string' ? key.toLowerCase() : key;
    if (name !== 'traceparent' && name !== 'tracestate' && name !== 'baggage') continue;
    for (const item of [value].flat()) {
      const text = textOf(item).trim();
      if (text !== '') found[name].push(text);
    }
  }
  return found;
}

function* pairsOf(carrier: ContextCarrier): Generator<readonly [unknown, unknown]> {
  if (!(Symbol.iterator in carrier)) return yield* Object.entries(carrier);
  for (const item of carrier as Iterable<unknown>)
    if (Array.isArray(item)) yield [item[0], item[1]];
    else if (typeof item === 'object' && item !== null) yield* Object.entries(item);
}

/** Bytes that are no UTF-8 are nothing that anybody injected. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!(value instanceof Uint8Array)) return '';
  try {
    return decodeUtf8(value);
  } catch {
    return '';
  }
}

function isTraceState(text: string): boolean {
  const members = text
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
  return (
    members.length > 0 &&
    members.length <= STATE_MEMBERS &&
    members.every((member) => STATE_MEMBER.test(member))
  );
}
