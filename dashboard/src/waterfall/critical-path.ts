import type { SpanNode } from '@spantail/protocol';

/** A stretch of one span that, were it shorter, would have made the run shorter. */
export interface CriticalSegment {
  span: SpanNode;
  fromUs: number;
  toUs: number;
}

/**
 * What a span was waiting for, from its end backwards: of those below it the one that ended last
 * before, then what that one was waiting for; what no other explains is the span's own time.
 * Without recursion: depth is the agent's choice.
 */
export function criticalPath(root: SpanNode, nowUs: number): CriticalSegment[] {
  const segments: CriticalSegment[] = [];
  const stack: { span: SpanNode; untilUs: number }[] = [{ span: root, untilUs: nowUs }];
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    const { span } = step;
    const startUs = span.startUs;
    if (startUs === undefined) continue;
    let atUs = Math.min(span.endUs ?? nowUs, step.untilUs);
    let isLast = true;
    for (const child of latestFirst(span, nowUs)) {
      const childStartUs = Math.max(child.startUs ?? Number.POSITIVE_INFINITY, startUs);
      const endUs = child.endUs ?? nowUs;
      if (childStartUs >= atUs) continue;
      // Only the last one may outlive what waits for it: it is cut there.
      if (endUs > atUs && !isLast) continue;
      const childEndUs = Math.min(endUs, atUs);
      if (childEndUs < atUs) segments.push({ span, fromUs: childEndUs, toUs: atUs });
      stack.push({ span: child, untilUs: childEndUs });
      atUs = childStartUs;
      isLast = false;
    }
    if (atUs > startUs) segments.push({ span, fromUs: startUs, toUs: atUs });
  }
  return segments;
}

function latestFirst({ children }: SpanNode, nowUs: number): SpanNode[] {
  return children
    .filter(({ startUs }) => startUs !== undefined)
    .sort((a, b) => (b.endUs ?? nowUs) - (a.endUs ?? nowUs));
}
