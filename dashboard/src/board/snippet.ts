import type { SpanNode } from '@spantail/protocol';

/** A tile has room for the end of a text. */
const MOST_CHARACTERS = 360;

/** The end of what a span says, without loading anything: its stream, else its output's preview. */
export function snippetOf({ outputText, output }: Pick<SpanNode, 'outputText' | 'output'>): string {
  if (outputText !== '') return endOf(outputText);
  if (output === undefined) return '';
  return output.mediaType === 'text/plain' ? endOf(output.preview) : textsIn(output.preview);
}

/** The texts in the beginning of a JSON value, which may be cut off anywhere. */
export function textsIn(json: string): string {
  const texts: string[] = [];
  for (const [, text = ''] of json.matchAll(
    /"(?:text|content|thinking)"\s*:\s*"((?:[^"\\]|\\.)*)/g,
  ))
    texts.push(unescape(text));
  const found = texts.filter((text) => text.trim() !== '');
  return endOf(found.length === 0 ? plain(json) : found.join(' '));
}

/** Some other value's text, which may hold JSON in its strings again, without escapes. */
function plain(json: string): string {
  return json.replaceAll(/\\+[nrt]/g, ' ').replaceAll(/\\+"/g, '"');
}

function unescape(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}

function endOf(text: string): string {
  const end = text.trim().slice(-MOST_CHARACTERS);
  // Whole characters only.
  return end.length < text.trim().length ? `…${end.replace(/^[\uDC00-\uDFFF]/, '')}` : end;
}
