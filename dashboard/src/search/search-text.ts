import type { AttributeValue, Attributes, Payload, SpanNode } from '@spantail/protocol';

/** Of one span so many characters are searched, without its partial output, which is searched whole. */
const MOST_CHARACTERS = 4_096;
/** Of one error or attribute: a long one must not leave no room for the others and the contents. */
const MOST_OF_ONE = 512;
const MOST_OF_ATTRIBUTES = 2_048;
/** Deeper inside of an attribute nothing is looked at. */
const MOST_DEPTH = 6;

interface Entry {
  attributes: Readonly<Attributes>;
  input: Payload | undefined;
  output: Payload | undefined;
  name: string;
  text: string;
}

/**
 * The text each span is found by, remembered until the span changes: looking through one text a span
 * is several times as quick as through all its fields. Nothing is kept of spans that are gone.
 */
export class SearchTexts {
  readonly #entries = new WeakMap<SpanNode, Entry>();

  of(span: SpanNode): string {
    const { attributes, input, output, name } = span;
    const entry = this.#entries.get(span);
    // What else is in it comes with the close, and a close makes the attributes another object.
    if (
      entry !== undefined &&
      entry.attributes === attributes &&
      entry.input === input &&
      entry.output === output &&
      entry.name === name
    )
      return entry.text;
    const text = textOf(span);
    this.#entries.set(span, { attributes, input, output, name, text });
    return text;
  }
}

function textOf(span: SpanNode): string {
  const { error } = span;
  const texts = [span.name, span.spanType, span.spanId];
  if (error !== undefined) texts.push(error.type, error.message.slice(0, MOST_OF_ONE));
  const attributes: string[] = [];
  addAttributes(attributes, span.attributes);
  texts.push(attributes.join('\n').slice(0, MOST_OF_ATTRIBUTES));
  addPayload(texts, span.input);
  addPayload(texts, span.output);
  return texts.join('\n').slice(0, MOST_CHARACTERS);
}

function addPayload(texts: string[], payload: Payload | undefined): void {
  if (payload === undefined) return;
  texts.push(payload.preview);
  // The preview is the beginning of the first part.
  for (const part of payload.parts)
    if (typeof part === 'string' && part !== payload.preview) texts.push(part);
}

function addAttributes(texts: string[], attributes: Readonly<Attributes>): void {
  for (const key of Object.keys(attributes)) {
    texts.push(key);
    addValue(texts, attributes[key], 0);
  }
}

function addValue(texts: string[], value: AttributeValue | undefined, depth: number): void {
  if (typeof value === 'string') texts.push(value.slice(0, MOST_OF_ONE));
  else if (typeof value === 'number') texts.push(String(value));
  else if (value === undefined || value === null || typeof value === 'boolean') return;
  else if (depth > MOST_DEPTH) return;
  else if (Array.isArray(value)) for (const item of value) addValue(texts, item, depth + 1);
  else
    for (const key of Object.keys(value)) {
      texts.push(key);
      addValue(texts, value[key], depth + 1);
    }
}
