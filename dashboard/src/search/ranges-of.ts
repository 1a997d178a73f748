import { textPattern } from './text-pattern.ts';

/** More marks help nobody, and cost at each paint. */
const MOST_RANGES = 1_000;
const MOST_CHARACTERS = 2_000_000;

/** The places of a text in what an element shows, also where it goes through several elements. */
export function rangesOf(root: Node, wanted: string): Range[] {
  const pattern = textPattern(wanted, 'gi');
  if (pattern === undefined) return [];
  const { nodes, starts, text } = textIn(root);
  const ranges: Range[] = [];
  let at = 0;
  /** The node that a place is in; places are asked for in order. */
  const seek = (place: number): void => {
    while ((starts[at + 1] ?? Number.POSITIVE_INFINITY) <= place) at++;
  };
  for (const { index, 0: found } of text.matchAll(pattern)) {
    const range = new Range();
    seek(index);
    range.setStart(nodes[at] as Text, index - (starts[at] ?? 0));
    // The last character rather than what is behind it, which may be another node's.
    const last = index + found.length - 1;
    seek(last);
    range.setEnd(nodes[at] as Text, last + 1 - (starts[at] ?? 0));
    ranges.push(range);
    if (ranges.length >= MOST_RANGES) break;
  }
  return ranges;
}

function textIn(root: Node): { nodes: Text[]; starts: number[]; text: string } {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes: Text[] = [];
  const starts: number[] = [];
  const texts: string[] = [];
  let length = 0;
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (!(node instanceof Text) || node.parentElement?.closest('button') != null) continue;
    nodes.push(node);
    starts.push(length);
    texts.push(node.data);
    length += node.data.length;
    if (length > MOST_CHARACTERS) break;
  }
  return { nodes, starts, text: texts.join('') };
}
