import type { WatchedSpan } from '@spantail/client';
import { readText } from '@spantail/protocol';
import { beginningOf, saidIn } from '../payload/text-snippet.ts';
import { visibleName } from '../payload/visible-text.ts';
import { spanTitle } from '../tree/span-title.ts';

const MOST_CHARACTERS = 200;

/** What an action is called: the tool's name rather than that of the function that ran it. */
export function actionName(span: WatchedSpan): string {
  const tool = readText(span.attributes, ['gen_ai.tool.name']);
  return tool === undefined ? spanTitle(span) || 'unnamed' : visibleName(tool, 80);
}

/** The beginning of what an action gave back, on one line. */
export function resultLine({ output, outputText }: WatchedSpan): string {
  return beginningOf(output === undefined ? outputText : saidIn(output), MOST_CHARACTERS);
}

/** The end of a text that grows, on few lines. */
export function lastLines(text: string, lines: number): string {
  const tail = text
    .slice(-MOST_CHARACTERS * lines)
    .trimEnd()
    .split('\n')
    .slice(-lines);
  return tail.join('\n');
}
