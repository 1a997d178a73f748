/**
 * Cuts markdown where it can be rendered piece by piece: at blank lines, outside of fenced code, in
 * front of a line that continues no list. While an answer streams, only its last piece is read again.
 */
export function markdownBlocks(text: string): string[] {
  const blocks: string[] = [];
  let fence: string | undefined;
  let start = 0;
  let afterBlank = false;
  for (let at = 0; at < text.length;) {
    const lineEnd = text.indexOf('\n', at);
    const end = lineEnd < 0 ? text.length : lineEnd;
    // A fence is told by its first characters, whatever the line's length.
    const line = text.slice(at, Math.min(end, at + 80));
    if (fence === undefined && afterBlank && begins(line)) {
      blocks.push(text.slice(start, at));
      start = at;
    }
    fence = fenceAfter(fence, line);
    if (line.trim() !== '') afterBlank = false;
    else if (fence === undefined) afterBlank = true;
    at = end + 1;
  }
  if (start < text.length) blocks.push(text.slice(start));
  return blocks;
}

/** A line that may yet become a list's next item begins nothing. */
function begins(line: string): boolean {
  return line.trim() !== '' && !/^(?:\s|[-*+](?: |$)|\d+(?:$|[.)](?: |$)))/.test(line);
}

/** The fence that is open behind a line. */
function fenceAfter(fence: string | undefined, line: string): string | undefined {
  const found = /^\s*(`{3,}|~{3,})(.*)$/.exec(line);
  const [, marks = '', info = ''] = found ?? [];
  if (found === null) return fence;
  if (fence === undefined) return marks;
  return marks.startsWith(fence) && info.trim() === '' ? undefined : fence;
}

/** Whether the text ends inside fenced code. */
export function endsInFence(text: string): boolean {
  let fence: string | undefined;
  for (const line of text.split('\n')) fence = fenceAfter(fence, line);
  return fence !== undefined;
}
