import type { RunTree, SpanNode } from '@spantail/protocol';
import { chooseSpans } from './choose-spans.ts';
import { placeSpans, type Placed } from './place-spans.ts';

/** One line of the tree view: a span, or how many spans a fold hides. */
export type Row =
  | { kind: 'span'; span: SpanNode; indent: string }
  | { kind: 'hidden'; count: number; failed: number; indent: string };

/** Columns of indent behind which a tree only says that it goes on. */
export const MOST_INDENT = 36;

/**
 * Chooses what of the tree is shown in `most` rows. Open spans and the way to them come first, then
 * what ended last, then failures; everything else folds into "⋮ n more" where it was. Order on the
 * screen is always the tree's.
 */
export function pickRows(tree: RunTree, most: number, mostIndent = MOST_INDENT): Row[] {
  if (most < 1) return [];
  const placed = placeSpans(tree, mostIndent);
  if (placed.length <= most) return placed.map(spanRow);
  return fold(placed, chooseSpans(placed, most));
}

function spanRow({ span, lead, branch }: Placed): Row {
  return { kind: 'span', span, indent: lead + branch };
}

function fold(placed: readonly Placed[], shown: Uint8Array): Row[] {
  const rows: Row[] = [];
  let top: Placed | undefined;
  placed.forEach((one, index) => {
    if (shown[index] === 1) {
      rows.push(spanRow(one));
      top = undefined;
      return;
    }
    const failed = one.span.status === 'error' ? 1 : 0;
    // The row stands where the topmost of what it hides would, the last of equals.
    if (top === undefined || one.depth <= top.depth) top = one;
    const indent = top.lead + top.branch;
    const last = rows.at(-1);
    if (last?.kind !== 'hidden') rows.push({ kind: 'hidden', count: 1, failed, indent });
    else {
      last.count++;
      last.failed += failed;
      last.indent = indent;
    }
  });
  return rows;
}
