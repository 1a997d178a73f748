import { SpantailError } from '../wire/errors.ts';

/** Characters of a filter that are shown around the place of an error. */
const SHOWN_BEFORE = 50;
const SHOWN_BEHIND = 30;

/** A query that cannot be understood: which parameter, and where in it. */
export class QueryError extends SpantailError {
  /** Name of the parameter, `q` for the filter. */
  readonly parameter: string;
  /** Index of the character in the parameter's text, where there is one to point at. */
  readonly position: number | undefined;

  /** @param text the filter's text; the message then points at the character */
  constructor(parameter: string, problem: string, position?: number, text?: string) {
    const pointer = text === undefined || position === undefined ? '' : point(text, position);
    super('QUERY_INVALID', `${parameter}: ${problem}${pointer}`);
    this.parameter = parameter;
    this.position = position;
  }
}

/** A line of the text around the position, and one with a caret below it. */
function point(text: string, position: number): string {
  const from = Math.max(0, position - SHOWN_BEFORE);
  const to = Math.min(text.length, position + SHOWN_BEHIND);
  const lead = from > 0 ? '…' : '';
  const before = lead + plain(text.slice(from, position));
  const behind = plain(text.slice(position, to)) + (to < text.length ? '…' : '');
  return `\n  ${before}${behind}\n  ${' '.repeat(Array.from(before).length)}^`;
}

/** What would break the two lines apart, or turn their order round, is a space. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
}
