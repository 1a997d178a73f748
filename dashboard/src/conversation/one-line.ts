import type { WatchedSpan } from '@spantail/client';
import { readText } from '@spantail/protocol';
import { withoutEscapes } from '../payload/text-snippet.ts';
import { visibleName } from '../payload/visible-text.ts';

const MOST_CHARACTERS = 200;

/** What an action is called: the tool's name rather than that of the function that ran it. */
export function actionName(span: WatchedSpan): string {
  return visibleName(
    readText(span.attributes, ['gen_ai.tool.name']) ?? (span.name || 'unnamed'),
    80,
  );
}

/** An input's beginning on one line: arguments without their braces. */
export function oneLine(preview: string): string {
  const text = preview.trimStart();
  // The preview of a long object is cut anywhere: it cannot be parsed.
  const fields = /^\{[\s\S]*?["']?[\w-]+["']?\s*:/.test(text)
    ? text
        .replace(/^\{\s*/, '')
        .replace(/\}\s*$/, '')
        .replace(/"([\w-]+)"\s*:\s*/g, '$1: ')
    : text;
  return visibleName(withoutEscapes(fields), MOST_CHARACTERS);
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
