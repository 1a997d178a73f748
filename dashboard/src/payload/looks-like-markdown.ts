/** Looked at: enough to know, whatever the length. */
const HEAD_CHARACTERS = 4_000;

const MARKS = [
  /^#{1,6} \S/m,
  /^(?:```|~~~)/m,
  /\*\*[^\s*][^*\n]*\*\*/,
  /^\s{0,3}[-*+] \S.*\n\s*[-*+] \S/m,
  /^\s{0,3}\d{1,3}[.)] \S.*(?:\n.*)?\n\s*\d{1,3}[.)] \S/m,
  /\[[^\]\n]+\]\([^)\s]+\)/,
  /^\|.+\|\s*\n\|[\s:|-]+\|/m,
  /(?:^|\s)`[^`\n]+`(?:[\s.,:;)]|$)/m,
  /^> \S/m,
];

/** So deep, it would only cost: rendered as text. */
const ABSURD = /(?:> ?){30}|\[{60}|(?:[-*+] ){40}|[*_]{200}|(?:!\[){40}/;

/** Whether reading it as markdown would gain something. */
export function looksLikeMarkdown(text: string): boolean {
  const head = text.slice(0, HEAD_CHARACTERS);
  return MARKS.some((mark) => mark.test(head)) && !isAbsurd(text);
}

/** Nested so deep that a parser of markdown might not come back. */
export function isAbsurd(text: string): boolean {
  return ABSURD.test(text);
}
