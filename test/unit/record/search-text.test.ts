import {
  RunTree,
  SeenParts,
  buildPayload,
  newPartsText,
  searchTextOf,
  toHex,
  type NewPart,
  type Payload,
  type SpanNode,
} from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { hashBlob } from '../../support/codec/hash-blob.ts';

const blobs = new Map<string, Uint8Array>();
const bytes = (ref: Uint8Array): Uint8Array | undefined => blobs.get(toHex(ref));

function payload(value: unknown): Payload {
  const built = buildPayload(value, hashBlob);
  for (const { ref, bytes: stored } of built.blobs) blobs.set(toHex(ref), stored);
  return built.payload;
}

function span(rest: { input?: Payload; output?: Payload; error?: string }): SpanNode {
  const { input, output, error } = rest;
  const tree = new RunTree('a'.repeat(32));
  const spanId = 'b'.repeat(16);
  tree.apply({
    type: 'open',
    spanId,
    name: 'the step',
    spanType: 'model',
    startUs: 1,
    ...(input === undefined ? {} : { input }),
  });
  tree.apply({
    type: 'close',
    spanId,
    endUs: 2,
    status: 'error',
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error: { type: 'Oops', message: error } }),
  });
  const node = tree.get(spanId);
  if (node === undefined) throw new Error('no span');
  return node;
}

const has = (text: string, words: string): boolean => new RegExp(`\\b${words}\\b`, 'i').test(text);
const message = (n: number) => ({ role: 'user', content: `message number${n} ${'x'.repeat(600)}` });

describe('search text', () => {
  it('has name, error, output and the words of JSON without its escapes', () => {
    const input = payload({ text: 'first\nsecond', deep: [{ n: 42 }] });
    const node = span({ input, output: payload('all good'), error: 'rate limit' });
    const text = searchTextOf(
      node,
      newPartsText(input, new SeenParts().take(input, bytes), bytes),
      bytes,
    );
    for (const words of ['the step', 'oops', 'rate limit', 'all good', 'second', '42'])
      expect(has(text, words), words).toBe(true);
  });

  it('[REC9] has each message of a growing conversation once, where it first appeared', () => {
    const seen = new SeenParts();
    const all: string[] = [];
    for (let length = 1; length <= 200; length += 7) {
      const input = payload(Array.from({ length }, (_, n) => message(n)));
      all.push(
        searchTextOf(span({ input }), newPartsText(input, seen.take(input, bytes), bytes), bytes),
      );
    }
    for (let n = 0; n <= 190; n++) {
      const having = all.filter((text) => has(text, `number${n}`));
      expect(having, `message ${n}`).toHaveLength(1);
    }
  });

  it('tells of chunks that are not there, and looks at them again', () => {
    const seen = new SeenParts();
    const input = payload(Array.from({ length: 300 }, (_, n) => message(n)));
    const missing: Uint8Array[] = [];
    const none = seen.take(
      input,
      () => undefined,
      (ref) => missing.push(ref),
    );
    expect(missing.length).toBeGreaterThan(0);
    const rest: NewPart[] = seen.take(input, bytes);
    expect(none.length + rest.length).toBe(300);
  });

  it('is bounded, and survives blobs that are damaged or gone', () => {
    const input = payload([
      'y'.repeat(200_000),
      ...Array.from({ length: 300 }, (_, n) => message(n)),
    ]);
    const node = span({ input, output: payload('z'.repeat(200_000)) });
    const fresh = new SeenParts().take(input, bytes);
    const words = newPartsText(input, fresh, bytes);
    expect(searchTextOf(node, words, bytes).length).toBeLessThanOrEqual(65_536);
    expect(
      searchTextOf(
        node,
        newPartsText(input, fresh, () => undefined),
        () => undefined,
      ),
    ).toContain('the step');
    expect(newPartsText(input, fresh, () => Uint8Array.of(0xff, 0xfe)).trim()).toBe('');
    expect(new SeenParts().take(input, () => Uint8Array.of(0xc1))).toBeInstanceOf(Array);
  });
});
