import type { AgentsSpan } from './framework-types.ts';

/** Under this symbol all copies of the SDK share what is current. */
const CONTEXT = Symbol.for('openai.agents.core.asyncLocalStorage');

interface Current {
  traceId: string;
  spanId: string | undefined;
}

/** `named` when it is a span of the SDK, else the span or the trace of the code that is running. */
export function currentSpan(named: unknown): Current | undefined {
  if (isSpan(named)) return { traceId: named.traceId, spanId: named.spanId };
  const shared = (globalThis as Record<symbol, unknown>)[CONTEXT];
  const context = (shared as { getStore?: () => unknown } | undefined)?.getStore?.() as
    | { active?: unknown; span?: unknown; trace?: { traceId?: unknown } }
    | undefined;
  if (context?.active !== true) return undefined;
  if (isSpan(context.span)) return { traceId: context.span.traceId, spanId: context.span.spanId };
  const traceId = context.trace?.traceId;
  return typeof traceId === 'string' ? { traceId, spanId: undefined } : undefined;
}

function isSpan(value: unknown): value is AgentsSpan {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as AgentsSpan).spanId === 'string' &&
    typeof (value as AgentsSpan).traceId === 'string'
  );
}
