import type { WatchedSpan } from '@spantail/client';

/**
 * Another text whenever a row of the span would look different: the span itself is the same object,
 * kept current in place. While it is open, its duration grows.
 */
export function stampOf(span: WatchedSpan, nowUs: number): string {
  const { state, status, name, outputText, input, output, endUs, attributes } = span;
  const growth = state === 'open' ? nowUs : (endUs ?? 0);
  const agent = attributes['gen_ai.agent.name'];
  return [
    state,
    status,
    name,
    outputText.length,
    input?.bytes ?? '',
    output?.bytes ?? '',
    growth,
    typeof agent === 'string' ? agent : '',
    Object.keys(attributes).length,
  ].join(' ');
}
