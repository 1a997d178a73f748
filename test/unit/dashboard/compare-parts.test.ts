import { buildPayload } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { compareLists, equalHead, leftOut } from '../../../dashboard/src/payload/compare-parts.ts';
import { groupMessages } from '../../../dashboard/src/payload/group-messages.ts';
import { isSameContent } from '../../../dashboard/src/payload/same-content.ts';
import { hashBlob } from '../../support/codec/hash-blob.ts';

function message(n: number): unknown {
  return {
    role: n % 2 === 0 ? 'user' : 'assistant',
    content: `message ${n} ${'x'.repeat(n % 7 === 0 ? 900 : 40)}`,
  };
}

function conversation(count: number): unknown[] {
  return Array.from({ length: count }, (_, n) => message(n));
}

function payloadOf(value: unknown) {
  return buildPayload(value, hashBlob).payload;
}

describe('equalHead', () => {
  it('finds an equal start by references alone, and never too much', () => {
    for (const count of [20, 100, 333]) {
      const before = conversation(count);
      const list = [...before, message(count), message(count + 1)];
      const head = equalHead(payloadOf(list), payloadOf(before));
      expect(head).toBeGreaterThan(count / 2);
      expect(head).toBeLessThanOrEqual(count);
    }
  });

  it('stops in front of a rewritten message', () => {
    const before = conversation(200);
    const list = before.with(50, { role: 'user', content: 'stub' });
    expect(equalHead(payloadOf(list), payloadOf(before))).toBeLessThanOrEqual(50);
    expect(isSameContent(payloadOf(list), payloadOf(before))).toBe(false);
    expect(isSameContent(payloadOf(before), payloadOf(conversation(200)))).toBe(true);
  });

  it('knows nothing of what is no list', () => {
    expect(equalHead(payloadOf('x'), payloadOf('x'))).toBe(0);
  });
});

describe('compareLists', () => {
  it('tells the same, the new and the rewritten', () => {
    const before = conversation(4);
    const list = [
      before[0],
      { role: 'assistant', content: 'stub' },
      before[2],
      before[3],
      message(9),
    ];
    const compared = compareLists(list, before);
    expect(compared).toEqual(['same', 'rewritten', 'same', 'same', 'new']);
    expect(leftOut(list, before, compared)).toBe(0);
    expect(groupMessages(5, compared)).toEqual([
      { from: 0, to: 1, isSame: true },
      { from: 1, to: 2, isSame: false },
      { from: 2, to: 4, isSame: true },
      { from: 4, to: 5, isSame: false },
    ]);
  });

  it('takes what is behind a compaction for new, and counts what it left out', () => {
    const before = conversation(6);
    const list = [before[0], { role: 'user', content: 'In short: …' }];
    const compared = compareLists(list, before);
    expect(compared).toEqual(['same', 'new']);
    expect(leftOut(list, before, compared)).toBe(5);
  });

  it('takes what is said again for new, however often it was said before', () => {
    const [go, x] = [{ role: 'user', content: 'continue' }, message(1)];
    expect(compareLists([go, x, go], [go, x])).toEqual(['same', 'same', 'new']);
    expect(compareLists([go, x, go, x], [go, x], 2)).toEqual(['same', 'same', 'new', 'new']);
    // The window moved on: the last one is the newest.
    expect(compareLists([go, x, go, x, go], [message(8), go, x, go])).toEqual([
      'same',
      'same',
      'same',
      'new',
      'new',
    ]);
  });

  it('knows which of two equal messages was rewritten', () => {
    const [go, x] = [{ role: 'user', content: 'continue' }, message(1)];
    const list = [{ role: 'user', content: 'stub' }, go, x];
    const compared = compareLists(list, [go, go, x]);
    expect(compared).toEqual(['rewritten', 'same', 'same']);
    expect(leftOut(list, [go, go, x], compared)).toBe(0);
  });

  it('knows a message by what it says, not by a mark for the cache', () => {
    const marked = {
      role: 'user',
      content: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }],
    };
    const bare = { role: 'user', content: [{ type: 'text', text: 'a' }] };
    expect(compareLists([bare], [marked])).toEqual(['same']);
  });

  it('does not look at what is known to be equal', () => {
    const before = conversation(3);
    expect(compareLists([0, 1, message(2), 'new'], before, 2)).toEqual([
      'same',
      'same',
      'same',
      'new',
    ]);
  });

  it('comes through what nests too deep to be compared', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(10_000)}${']'.repeat(10_000)}`);
    expect(compareLists([deep], [deep])).toEqual(['new']);
  });
});
