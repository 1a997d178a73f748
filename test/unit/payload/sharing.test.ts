import { buildPayload, encodeEvent, loadPayload, type Payload } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { BlobStore } from '../../support/codec/blob-store.ts';
import { hashBlob } from '../../support/codec/hash-blob.ts';

interface Message {
  role: string;
  content: string;
}

function message(index: number): Message {
  return {
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: `message ${index} ${'with some more text '.repeat(1 + (index % 40))}`,
  };
}

function conversation(length: number): Message[] {
  return Array.from({ length }, (_, index) => message(index));
}

function eventBytes(input: Payload): number {
  return encodeEvent({ type: 'update', spanId: '00f067aa0ba902b7', seq: 0, input }).byteLength;
}

function bytesOf(blobs: readonly { bytes: Uint8Array }[]): number {
  return blobs.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
}

describe('lists that share their parts', () => {
  it('[PL5, PROM10] stores a conversation that is sent again once', () => {
    const store = new BlobStore();
    const messages = conversation(400);
    let stored = 0;
    let full = 0;
    for (let length = 1; length <= messages.length; length++) {
      const { payload, blobs } = buildPayload(messages.slice(0, length), hashBlob);
      stored += eventBytes(payload) + bytesOf(store.add(blobs));
      full += payload.bytes;
    }
    const distinct = JSON.stringify(messages).length;
    // The messages themselves, and per call an event and less than a kilobyte of references.
    expect(stored).toBeLessThan(distinct + messages.length * 1_100);
    expect(full / stored).toBeGreaterThan(50);
  });

  it('[PL5] names few items however long the list is', () => {
    for (const length of [10, 100, 1_000, 10_000]) {
      const { payload } = buildPayload(conversation(length), hashBlob);
      expect(payload.parts.length).toBeLessThan(12 * Math.log2(length));
    }
    // No place to cut: the same message all the time, inline.
    const same = Array.from({ length: 100_000 }, () => ({
      role: 'user',
      content: 'go on, please!',
    }));
    const { payload, blobs } = buildPayload(same, hashBlob);
    expect(eventBytes(payload)).toBeLessThan(20_000);
    expect(bytesOf(blobs)).toBeLessThan(100_000);
  });

  it('[PL6] stores a rewritten message and what is around it', async () => {
    const messages = conversation(1_000);
    const store = new BlobStore();
    store.add(buildPayload(messages, hashBlob).blobs);
    let added = 0;
    for (let index = 5; index < messages.length; index += 50) {
      const rewritten = messages.with(index, { role: 'user', content: `[removed ${index}]` });
      const { payload, blobs } = buildPayload(rewritten, hashBlob);
      added += bytesOf(store.add(blobs));
      expect(await loadPayload(payload, store.load)).toEqual(rewritten);
    }
    expect(added / 20).toBeLessThan(2_000);
  });

  it('[PL6] shares what follows a message that was taken out or put in', () => {
    const messages = conversation(1_000);
    const store = new BlobStore();
    store.add(buildPayload(messages, hashBlob).blobs);
    const without = buildPayload(messages.toSpliced(300, 1), hashBlob);
    expect(bytesOf(store.add(without.blobs))).toBeLessThan(3_000);
    const withMore = buildPayload(messages.toSpliced(700, 0, message(2_000)), hashBlob);
    expect(bytesOf(store.add(withMore.blobs))).toBeLessThan(3_000);
  });
});
