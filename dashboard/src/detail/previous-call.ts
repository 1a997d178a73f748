import type { WatchedSpan, WatchedTree } from '@spantail/client';
import type { Payload } from '@spantail/protocol';
import { pathToRoot } from './path-to-root.ts';

/**
 * The same agent's model call before this one, with an input to compare with: most of what an agent
 * sends it has sent before. Calls of agents below it are theirs, and a call inside of another call is
 * a part of that one: only its own neighbours in there are before it.
 */
export function previousCall(tree: WatchedTree, span: WatchedSpan): WatchedSpan | undefined {
  const { startUs, input } = span;
  if (span.spanType !== 'model' || startUs === undefined || !isJson(input)) return undefined;
  const path = pathToRoot(tree, span);
  const agent = path.findLast(({ spanType }) => spanType === 'agent') ?? path[0];
  if (agent === undefined) return undefined;
  const above = new Set(path);
  let found: WatchedSpan | undefined;
  const waiting = [...agent.children];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at.spanType === 'agent') continue;
    // Not one by one as arguments: a span may have more children than a call takes.
    if (at.spanType !== 'model' || above.has(at))
      for (const child of at.children) waiting.push(child);
    if (at === span || at.spanType !== 'model' || above.has(at) || !isJson(at.input)) continue;
    if (at.startUs === undefined || at.startUs >= startUs) continue;
    if (found?.startUs === undefined || at.startUs > found.startUs) found = at;
  }
  return found;
}

/** Messages come as JSON; a short list of them is not cut into parts. */
function isJson(input: Payload | undefined): boolean {
  return input?.mediaType === 'application/json';
}
