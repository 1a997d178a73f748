import type { RecordedAction, RecordedRun } from '../../../server/src/play/index.ts';

/** A recorded run's spans, folded from its actions, with every broken rule of order. */
export interface RunShape {
  spans: Map<string, ShapedSpan>;
  problems: string[];
}

export interface ShapedSpan {
  open: RecordedAction & { type: 'open' };
  close?: RecordedAction & { type: 'close' };
  deltas: string[];
  depth: number;
}

/** Open before update before close, a parent before its children, times never going back. */
export function shapeOf({ actions }: RecordedRun): RunShape {
  const spans = new Map<string, ShapedSpan>();
  const problems: string[] = [];
  let lastUs = -Infinity;
  for (const action of actions) {
    if (action.atUs < lastUs) problems.push(`${action.type} ${action.key} goes back in time`);
    lastUs = action.atUs;
    const span = spans.get(action.key);
    if (action.type === 'open') {
      const parent = action.parentKey === undefined ? undefined : spans.get(action.parentKey);
      if (span !== undefined) problems.push(`${action.key} opens twice`);
      if (action.parentKey !== undefined && parent === undefined)
        problems.push(`${action.key} opens ahead of its parent ${action.parentKey}`);
      if (action.startUs > action.atUs) problems.push(`${action.key} opens ahead of its start`);
      spans.set(action.key, { open: action, deltas: [], depth: (parent?.depth ?? 0) + 1 });
    } else if (span === undefined) problems.push(`${action.type} of unknown ${action.key}`);
    else if (span.close !== undefined) problems.push(`${action.type} behind end of ${action.key}`);
    else if (action.type === 'close') span.close = action;
    else if (action.outputDelta !== undefined) span.deltas.push(action.outputDelta);
  }
  for (const [key, { open, close, deltas }] of spans) {
    if (close === undefined) problems.push(`${key} never ends`);
    else if (close.endUs < open.startUs) problems.push(`${key} ends ahead of its start`);
    if (deltas.length > 0 && close?.output !== undefined && deltas.join('') !== close.output)
      problems.push(`the deltas of ${key} are not its output`);
  }
  return { spans, problems };
}

export interface RunCounts {
  spans: number;
  model: number;
  tool: number;
  agent: number;
  depth: number;
  failed: number;
}

export function countsOf({ spans }: RunShape): RunCounts {
  const all = [...spans.values()];
  const ofType = (type: string): number => all.filter(({ open }) => open.spanType === type).length;
  return {
    spans: all.length,
    model: ofType('model'),
    tool: ofType('tool'),
    agent: ofType('agent'),
    depth: Math.max(...all.map(({ depth }) => depth)),
    failed: all.filter(({ close }) => close?.status === 'error').length,
  };
}
