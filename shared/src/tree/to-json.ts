import type { RunTree } from './run-tree.ts';
import type { SpanNode } from './span-node.ts';

/** A tree as plain data in a fixed order, for comparing, hashing and printing: spans depth first. */
export function treeToJson(tree: RunTree): TreeJson {
  const spans: SpanJson[] = [];
  for (const { span, depth } of tree.walk()) spans.push({ depth, ...spanToJson(span) });
  return { traceId: tree.traceId, dropped: { ...tree.dropped }, spans };
}

export interface TreeJson {
  traceId: string;
  dropped: { events: number; updates: number; payloads: number };
  spans: SpanJson[];
}

export type SpanJson = { depth: number } & ReturnType<typeof spanToJson>;

function spanToJson(span: SpanNode) {
  const { spanId, parentSpanId, orphan, state, name, spanType, status, startUs, endUs } = span;
  const { attributes, input, output, outputText, outputComplete, error, usage, logs, links } = span;
  return {
    spanId,
    parentSpanId,
    orphan,
    state,
    name,
    spanType,
    status,
    startUs,
    endUs,
    attributes: Object.fromEntries(
      Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ),
    input,
    output,
    outputText,
    outputComplete,
    error,
    usage,
    logs,
    links,
  };
}
