import {
  RunTree,
  type CloseEvent,
  type OpenEvent,
  type Payload,
  type SpanId,
} from '@spantail/protocol';

/** One span of a tree that a test builds: `end` absent means that it is open. */
export interface BuiltSpan extends Partial<Omit<OpenEvent, 'type' | 'spanId' | 'parentSpanId'>> {
  /** Number of its parent among the spans, counted from 0. */
  parent?: number;
  delta?: string;
  end?: Partial<Omit<CloseEvent, 'type' | 'spanId'>>;
}

export const TRACE_ID = 'ab'.repeat(16);

export function spanId(index: number): SpanId {
  return (index + 1).toString(16).padStart(16, '0');
}

/** A tree as a viewer would have folded it. A span starts a millisecond behind the one before. */
export function buildTree(spans: readonly BuiltSpan[]): RunTree {
  const tree = new RunTree(TRACE_ID);
  spans.forEach(({ parent, delta, end, ...open }, index) => {
    const startUs = open.startUs ?? index * 1_000;
    tree.apply({
      type: 'open',
      spanId: spanId(index),
      ...(parent === undefined ? {} : { parentSpanId: spanId(parent) }),
      name: `step ${index}`,
      spanType: 'tool',
      ...open,
      startUs,
    });
    if (delta !== undefined)
      tree.apply({ type: 'update', spanId: spanId(index), seq: 0, outputDelta: delta });
    if (end !== undefined)
      tree.apply({
        type: 'close',
        spanId: spanId(index),
        endUs: startUs + 500,
        status: 'ok',
        ...end,
      });
  });
  return tree;
}

export function textPayload(text: string): Payload {
  return {
    mediaType: 'text/plain',
    bytes: Buffer.byteLength(text),
    preview: text.slice(0, 200),
    parts: [text],
  };
}

export function jsonPayload(value: unknown): Payload {
  const text = JSON.stringify(value);
  const list = Array.isArray(value);
  return {
    mediaType: 'application/json',
    bytes: Buffer.byteLength(text),
    preview: text.slice(0, 200),
    parts: list ? value.map((part) => JSON.stringify(part)) : [text],
    ...(list ? { list: true as const } : {}),
  };
}
