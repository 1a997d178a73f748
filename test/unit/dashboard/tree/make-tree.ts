import { RunTree, type SpanNode, type SpanType, type TraceEvent } from '@spantail/protocol';

/** `a` opened at 10 and closed at 20 below `root`: `['a', 'root', 10, 20]`; without an end it is open. */
export interface Line {
  id: string;
  below?: string;
  from: number;
  to?: number;
  type?: SpanType;
  failed?: true;
  lost?: true;
  more?: Partial<Extract<TraceEvent, { type: 'open' }>>;
}

export function eventsOf(lines: readonly Line[]): TraceEvent[] {
  return lines.flatMap(({ id, below, from, to, type, failed, lost, more }): TraceEvent[] => [
    {
      type: 'open',
      spanId: id,
      name: id,
      spanType: type ?? 'step',
      startUs: from,
      ...(below === undefined ? {} : { parentSpanId: below }),
      ...more,
    },
    ...(to === undefined
      ? []
      : [
          {
            type: 'close' as const,
            spanId: id,
            endUs: to,
            status: failed === true ? ('error' as const) : ('ok' as const),
            ...(failed === true ? { error: { type: 'Error', message: `${id} failed` } } : {}),
            ...(lost === true ? { reason: 'lost' as const } : {}),
          },
        ]),
  ]);
}

export function treeOf(lines: readonly Line[]): RunTree {
  const tree = new RunTree('a'.repeat(32));
  for (const event of eventsOf(lines)) tree.apply(event);
  return tree;
}

export function spanOf(tree: RunTree, id: string): SpanNode {
  const span = tree.get(id);
  if (span === undefined) throw new Error(`no span ${id}`);
  return span;
}
