/** Lines that stayed, shown around a change. */
const CONTEXT_LINES = 3;

/** An edit as a tool is told of it: the text to replace, and with what. */
export function editIn(
  fields: readonly [string, unknown][],
): { keys: readonly string[]; diff: string } | undefined {
  const [oldKey, before] = fields.find(([key]) => /^old_?str(?:ing)?$/i.test(key)) ?? [];
  const [newKey, after] = fields.find(([key]) => /^new_?str(?:ing)?$/i.test(key)) ?? [];
  if (oldKey === undefined || newKey === undefined) return undefined;
  if (typeof before !== 'string' || typeof after !== 'string') return undefined;
  return { keys: [oldKey, newKey], diff: editDiff(before, after) };
}

/** One change as the lines of a diff: what both begin and end with is left, a few lines of it. */
export function editDiff(before: string, after: string): string {
  const old = before === '' ? [] : before.split('\n');
  const now = after === '' ? [] : after.split('\n');
  const shorter = Math.min(old.length, now.length);
  let head = 0;
  while (head < shorter && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < shorter - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
  return [
    ...old.slice(Math.max(0, head - CONTEXT_LINES), head).map((line) => `  ${line}`),
    ...old.slice(head, old.length - tail).map((line) => `- ${line}`),
    ...now.slice(head, now.length - tail).map((line) => `+ ${line}`),
    ...old
      .slice(old.length - tail)
      .slice(0, CONTEXT_LINES)
      .map((line) => `  ${line}`),
  ].join('\n');
}
