import type { WatchedSpan, WatchedTree } from '@spantail/client';

export function spansOf(tree: WatchedTree): WatchedSpan[] {
  return [...tree.walk()].map(({ span }) => span);
}

/** One line a span: its type and name, `!` when it failed, and its state unless it is closed. */
export function outline(tree: WatchedTree): string {
  return [...tree.walk()]
    .map(({ span, depth }) => {
      const state = span.state === 'closed' ? '' : ` (${span.state})`;
      const failed = span.status === 'error' ? ' !' : '';
      return `${'  '.repeat(depth)}${span.spanType} ${span.name}${failed}${state}`;
    })
    .join('\n');
}

export function named(tree: WatchedTree, name: string, nth = 0): WatchedSpan {
  const found = spansOf(tree).filter((span) => span.name === name)[nth];
  if (found === undefined) throw new Error(`no span ${name} in:\n${outline(tree)}`);
  return found;
}

export function models(tree: WatchedTree): WatchedSpan[] {
  return spansOf(tree).filter(({ spanType }) => spanType === 'model');
}

/** The output as a viewer has it: what was appended, or what the end said. */
export async function outputOf(span: WatchedSpan): Promise<unknown> {
  return span.output === undefined ? span.outputText : span.output.load();
}
