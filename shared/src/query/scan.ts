import type { CompareOperator } from './filter.ts';

/** A piece of a filter's text, read: without quotes and escapes. */
export interface Scanned {
  text: string;
  /** Index of its first character, a quote included. */
  start: number;
  /** Index behind its last one. */
  end: number;
  quoted: boolean;
  /** Has a `*` that is neither quoted nor escaped. */
  pattern: boolean;
}

/** Reports what is wrong; never returns. */
export type Fail = (problem: string, position: number) => never;

const OPERATOR = /!=|>=|<=|>|<|=/y;
const SPACE = /\s*/y;
const FIELD = /([A-Za-z_]\w*):/y;
const ATTRIBUTE = /@|attr\./y;
const KEY = /[^\s:()"]+/y;

/** Reads a filter's text from left to right. */
export class Scanner {
  readonly text: string;
  at = 0;
  readonly #fail: Fail;

  constructor(text: string, fail: Fail) {
    this.text = text;
    this.#fail = fail;
  }

  get char(): string {
    return this.text.charAt(this.at);
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  skipSpace(): void {
    this.#match(SPACE);
  }

  /** Takes the word when it stands here, as a whole. */
  keyword(word: 'AND' | 'OR' | 'NOT'): boolean {
    const end = this.at + word.length;
    if (!this.text.startsWith(word, this.at) || !/^[\s()"-]?$/.test(this.text.charAt(end)))
      return false;
    this.at = end;
    return true;
  }

  take(character: string): boolean {
    if (this.char !== character) return false;
    this.at += 1;
    return true;
  }

  /** `name:`, when that is what comes next. */
  fieldName(): Scanned | undefined {
    const start = this.at;
    const name = this.#match(FIELD)?.[1];
    return name === undefined ? undefined : plainly(name, start, start + name.length);
  }

  /** `@key:` or `attr.key:`, when that is what comes next. */
  attributeKey(): Scanned | undefined {
    const start = this.at;
    if (this.#match(ATTRIBUTE) === undefined) return undefined;
    const isQuoted = this.char === '"';
    const key = isQuoted ? this.quoted() : this.#key();
    if (key.text === '') this.#fail('the attribute has no key; write @key:value', start);
    if (!this.take(':'))
      this.#fail(`a ":" and a value must follow the attribute's key: @${key.text}:value`, this.at);
    return { ...key, start };
  }

  #key(): Scanned {
    const start = this.at;
    return plainly(this.#match(KEY)?.[0] ?? '', start, this.at);
  }

  operator(): { operator: CompareOperator; start: number } {
    const start = this.at;
    const written = this.#match(OPERATOR)?.[0];
    return { operator: (written ?? '=') as CompareOperator, start };
  }

  /** A quoted text, or characters up to a space or a parenthesis. */
  value(): Scanned {
    const value = this.char === '"' ? this.quoted() : this.#unquoted(/[\s()"]/);
    if (/[("]/.test(this.char) || (value.quoted && /[^\s)]/.test(this.char)))
      this.#fail(`"${this.char}" cannot stand here; put the whole value into quotes: "…"`, this.at);
    return value;
  }

  /** All there is up to the end, spaces included; or a quoted text. */
  whole(): Scanned {
    if (this.char !== '"') return this.#unquoted(/^$/);
    const value = this.quoted();
    if (!this.done) this.#fail('nothing may follow the closing quote', this.at);
    return value;
  }

  quoted(): Scanned {
    const start = this.at;
    this.at += 1;
    let text = '';
    for (; this.char !== '"'; this.at++) {
      if (this.char === '\\') this.at += 1;
      if (this.done) this.#fail('this quote is not closed', start);
      text += this.char;
    }
    this.at += 1;
    return { text, start, end: this.at, quoted: true, pattern: false };
  }

  #unquoted(stop: RegExp): Scanned {
    const start = this.at;
    let text = '';
    let pattern = false;
    let escapedStar: number | undefined;
    for (; !this.done && !stop.test(this.char); this.at++) {
      const escaped = this.take('\\');
      if (this.done) this.#fail('nothing follows the backslash', this.at - 1);
      const { char } = this;
      if (char === '*' && escaped) escapedStar = this.at - 1;
      else if (char === '*') pattern = true;
      text += char;
    }
    if (pattern && escapedStar !== undefined)
      this.#fail('every "*" of a pattern stands for any characters', escapedStar);
    return { text, start, end: this.at, quoted: false, pattern };
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) return undefined;
    this.at += match[0].length;
    return match;
  }
}

function plainly(text: string, start: number, end: number): Scanned {
  return { text, start, end, quoted: false, pattern: false };
}
