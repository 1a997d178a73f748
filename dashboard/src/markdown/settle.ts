import { endsInFence } from './blocks.ts';

/**
 * The last block of an answer that still streams, so that what comes next changes as little as
 * possible of what is shown: an emphasis or code that was begun is closed, a link that is not all
 * there is its text, and a last line that is nothing but marks waits (`-` under a text would make it
 * a heading for as long as the list item's text is on its way).
 */
export function settle(block: string): string {
  if (endsInFence(block)) return withoutPartFence(block);
  const lines = block.split('\n');
  const last = lines.at(-1) ?? '';
  if (lines.length > 1 && /^\s*(?:[-=+*_#>`~|:\s]+|\d+[.)]?\s*)$/.test(last)) lines.pop();
  return closeMarks(withoutPartLink(lines.join('\n')));
}

/** One or two of the closing fence's three marks are not code. */
function withoutPartFence(block: string): string {
  return block.replace(/\n[`~]{1,2}$/, '');
}

function withoutPartLink(text: string): string {
  const part = /(!?)\[([^\][\n]*)(?:\]\([^)\n]*|\])?$/.exec(text);
  if (part === null) return text;
  const [whole, isPicture, label = ''] = part;
  const head = text.slice(0, part.index);
  // The box of a task is not a link to be.
  if (/(?:^|\n)\s*[-*+] $/.test(head) && /^\[[ xX]?\]?$/.test(whole)) return text;
  return isPicture === '!' ? head : head + label;
}

function closeMarks(text: string): string {
  // Marks inside of code are none.
  const tail = text.slice(text.lastIndexOf('\n\n') + 1);
  const outside = tail.replace(/`[^`]*`/g, '');
  if (outside.includes('`')) return text.endsWith('`') ? text.slice(0, -1) : `${text}\``;
  const bare = text.replace(/(?:\*{1,2}|~~?|__?)$/, (marks) =>
    opens(outside, marks) ? '' : marks,
  );
  const rest = bare === text ? outside : outside.slice(0, bare.length - text.length);
  let closed = bare;
  if (count(rest, '**') % 2 === 1) closed = `${closed.trimEnd()}**`;
  if (count(rest, '~~') % 2 === 1) closed = `${closed.trimEnd()}~~`;
  return closed;
}

/** Whether the marks at the end are the first of a pair. */
function opens(text: string, marks: string): boolean {
  return count(text, marks) % 2 === 1;
}

function count(text: string, marks: string): number {
  return text.split(marks).length - 1;
}
