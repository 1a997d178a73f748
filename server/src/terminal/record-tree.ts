import { RunTree, type SpanRow, type TraceId } from '@spantail/protocol';

/** The tree of recorded spans, for the same views that show a live one. */
export function recordTree(traceId: TraceId, rows: readonly SpanRow[]): RunTree {
  const tree = new RunTree(traceId);
  for (const row of rows) applyRow(tree, row);
  return tree;
}

/** The events that make such a span. */
function applyRow(tree: RunTree, row: SpanRow): void {
  const { spanId, parentSpanId, name, type: spanType, attributes, input, startUs } = row;
  const given = { attributes, ...(input === undefined ? {} : { input }) };
  if (startUs !== undefined && row.state !== 'unknown') {
    const parent = parentSpanId === undefined ? {} : { parentSpanId };
    tree.apply({ type: 'open', spanId, ...parent, name, spanType, startUs, ...given });
  }
  const partial = row.outputText === '' ? {} : { outputDelta: row.outputText };
  tree.apply({ type: 'update', spanId, seq: 0, name, spanType, ...given, ...partial });
  if (row.state === 'open' || row.state === 'unknown') return;
  const { inputTokens, outputTokens, costUsd, status, error, output } = row;
  const usage = {
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    ...(costUsd === undefined ? {} : { costUsd }),
  };
  tree.apply({
    type: 'close',
    spanId,
    endUs: row.endUs ?? startUs ?? 0,
    status,
    usage,
    ...(error === undefined ? {} : { error }),
    ...(output === undefined ? {} : { output }),
    ...(row.state === 'lost' ? { reason: 'lost' } : {}),
  });
}
