import type { RunTree } from '@spantail/protocol';
import { MOST_INDENT, pickRows } from './pick-rows.ts';
import { renderHeader } from './render-header.ts';
import { renderRows } from './render-row.ts';
import type { Style } from './style.ts';
import { fit, lineFrom } from './text.ts';

export interface RenderOptions {
  /** The viewer's clock, µs since the epoch: running clocks are drawn against it. */
  nowUs: number;
  columns: number;
  /** Rows to fill at most; `Infinity` for the whole tree. */
  rows: number;
  style: Style;
  /** How the watching goes: `connecting`, `catching-up`, `live`, `ended`, … */
  status: string;
  /** Shown under the header when not empty. */
  note?: string;
}

/** A run as lines of text: header, then the tree as far as it fits, open spans first in line. */
export function renderRun(tree: RunTree, options: RenderOptions): string {
  const { columns, rows, style, status, note = '' } = options;
  const head = [renderHeader(tree, options)];
  if (note !== '') head.push(style.lost(fit(`  ${lineFrom(note, 4 * columns)}`, columns)));
  if (tree.spanCount === 0 && status === 'live')
    head.push(style.dim(fit('  waiting for the first step', columns)));
  const mostIndent = Math.min(MOST_INDENT, Math.floor(columns / 3));
  const body = renderRows(pickRows(tree, rows - head.length, mostIndent), options);
  return [...head, ...body].slice(0, Math.max(1, rows)).join('\n');
}
