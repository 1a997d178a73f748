import { jsonIn } from './json-in.ts';
import type { MessagePart } from './message.ts';

/**
 * Thoughts and tool calls in a text, each a block on lines of its own, as recorded sessions have
 * them. The last block may still be growing. A call is one line of JSON, and what it says may look
 * like an end of the block itself: only the end of the line is.
 */
const BLOCK =
  /^<thinking>\n?([\s\S]*?)(?:\n?<\/thinking>$|(?![\s\S]))|^<tool_use name="([^"\n]*)">(.*?)(?:<\/tool_use>$|(?![\s\S]))/gm;
const FIRST_BLOCK = /^<(?:thinking>|tool_use name=")/m;

/** The parts of such a text; `undefined` where it is a text like any other. */
export function readBlocks(text: string): MessagePart[] | undefined {
  if (!FIRST_BLOCK.test(text)) return undefined;
  const parts: MessagePart[] = [];
  let from = 0;
  const addText = (to: number): void => {
    const between = text.slice(from, to).trim();
    if (between !== '') parts.push({ kind: 'text', text: between });
  };
  for (const match of text.matchAll(BLOCK)) {
    addText(match.index);
    from = match.index + match[0].length;
    const [, thought, name, input = ''] = match;
    if (name !== undefined) parts.push({ kind: 'tool-call', name, input: jsonIn(input) ?? input });
    else if (thought !== undefined && thought.trim() !== '')
      parts.push({ kind: 'reasoning', text: thought.trim() });
  }
  addText(text.length);
  return parts;
}
