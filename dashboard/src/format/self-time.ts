import type { SpanNode } from '@spantail/protocol';

/** How long a span ran while nothing below it did: children that overlap count once. */
export function selfTimeUs(span: SpanNode, nowUs: number): number {
  const { startUs } = span;
  if (startUs === undefined) return 0;
  const endUs = Math.max(span.endUs ?? nowUs, startUs);
  let coveredUs = 0;
  let atUs = startUs;
  // Children stand in the order of their starts.
  for (const child of span.children) {
    if (child.startUs === undefined) break;
    const fromUs = Math.max(child.startUs, atUs);
    const toUs = Math.min(child.endUs ?? nowUs, endUs);
    if (toUs <= fromUs) continue;
    coveredUs += toUs - fromUs;
    atUs = toUs;
  }
  return endUs - startUs - coveredUs;
}
