import type { TraceContext } from './trace-context.ts';
import { formatTraceparent, parseTraceparent } from './traceparent.ts';

/** Headers as Node has them, environment variables, or pairs as `Headers` and `Map` yield them. */
export type ContextCarrier =
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | Iterable<readonly [string, string]>;

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
  carrier: Record<string, string>,
  names: 'headers' | 'environment' = 'headers',
): void {
  const fields = {
    traceparent: formatTraceparent(context),
    tracestate: context.traceState,
    baggage: context.baggage,
  };
  for (const key of Object.keys(carrier))
    if (Object.hasOwn(fields, key.toLowerCase())) delete carrier[key];
  for (const [name, value] of Object.entries(fields)) {
    // A line break would end the header and begin another one.
    if (value === undefined || !PRINTABLE.test(value)) continue;
    carrier[names === 'headers' ? name : name.toUpperCase()] = value;
  }
}

/**
 * The context in headers or environment variables; `undefined` without a valid `traceparent`. Names
 * are compared without case. An invalid `tracestate` or `baggage` is left out by itself.
 */
export function extractContext(carrier: ContextCarrier): TraceContext | undefined {
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
  const pairs = Symbol.iterator in carrier ? carrier : Object.entries(carrier);
  for (const [key, value] of pairs) {
    const name = key.toLowerCase();
    if (name !== 'traceparent' && name !== 'tracestate' && name !== 'baggage') continue;
    for (const text of [value ?? []].flat())
      if (typeof text === 'string' && text.trim() !== '') found[name].push(text.trim());
  }
  return found;
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
