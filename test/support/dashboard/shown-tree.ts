import type { RunTree, SpanNode } from '@spantail/protocol';
import { formatDuration } from '../../../dashboard/src/format/quantities.ts';
import { snippetOf } from '../../../dashboard/src/tree/row-texts.ts';
import { spanTitle } from '../../../dashboard/src/tree/span-title.ts';

/** A span as a row of the page's tree shows it. */
export interface ShownRow {
  spanId: string;
  level: number;
  name: string;
  type: string;
  state: string;
  isFailed: boolean;
  snippet: string;
  /** `undefined` where it depends on the time of day: of an open span. */
  duration: string | undefined;
}

/** The rows that a page must have to show a tree, unfolded, from first to last. */
export function rowsOf(tree: Pick<RunTree, 'walk'>): ShownRow[] {
  return Array.from(tree.walk(), ({ span, depth }) => rowOf(span, depth));
}

function rowOf(span: SpanNode, depth: number): ShownRow {
  const { spanId, spanType, state, status, startUs, endUs } = span;
  return {
    spanId,
    level: depth + 1,
    name: spanTitle(span) || 'unnamed',
    type: spanType,
    state,
    isFailed: status === 'error',
    snippet: snippetOf(span),
    duration:
      state === 'open'
        ? undefined
        : startUs === undefined || endUs === undefined
          ? '?'
          : formatDuration(Math.max(0, endUs - startUs)),
  };
}

/**
 * Reads the rows of the page's tree that are drawn now, by what a screen reader would be told and
 * by their texts. It runs in the page.
 */
export const READ_DRAWN_ROWS = `(() => [...document.querySelectorAll('[role=treeitem]')].map((row) => ({
  top: row.offsetTop,
  spanId: row.id.replace('row-', ''),
  level: Number(row.getAttribute('aria-level')),
  name: row.querySelector('.tree-name').textContent,
  type: row.querySelector('.type-icon').getAttribute('aria-label'),
  state: row.dataset.state,
  isFailed: row.querySelector('.tree-flag[data-tone=error]') !== null || (row.dataset.state === 'lost' && row.dataset.trouble === 'itself'),
  snippet: row.querySelector('.tree-snippet').textContent,
  duration: row.dataset.state === 'open' ? undefined : row.querySelector('.tree-duration').textContent,
})))()`;

/** Reads all rows of the page's tree by going through it from top to bottom. It runs in the page. */
export const READ_ALL_ROWS = `(async () => {
  const scroller = document.querySelector('[role=tree]');
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const rows = new Map();
  const take = () => { for (const row of ${READ_DRAWN_ROWS}) rows.set(row.top, row); };
  for (let top = 0; ; top += Math.max(26, scroller.clientHeight - 26)) {
    scroller.scrollTop = top;
    await frame();
    await frame();
    take();
    if (top >= scroller.scrollHeight - scroller.clientHeight) break;
  }
  return [...rows.values()].sort((a, b) => a.top - b.top).map(({ top, ...row }) => row);
})()`;
