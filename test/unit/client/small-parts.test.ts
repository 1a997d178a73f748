import { SpantailError, backoffMs, errorOfClose, isRetryableClose } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../client/src/emitter.ts';
import { gatewayUrls } from '../../../client/src/gateway-urls.ts';
import { inTurn } from '../../../client/src/in-turn.ts';
import { leavable } from '../../../client/src/leavable.ts';

describe('the emitter', () => {
  it('[CL16] reports what a listener throws as uncaught, and goes on', async () => {
    const emitter = new Emitter<{ a: number }>();
    const got: number[] = [];
    const thrown = new Error('a listener’s own');
    emitter.on('a', () => {
      throw thrown;
    });
    emitter.on('a', (value) => got.push(value));
    const handlers = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    try {
      const uncaught = new Promise((resolve) => process.once('uncaughtException', resolve));
      emitter.emit('a', 1);
      expect(got).toEqual([1]);
      expect(await uncaught).toBe(thrown);
    } finally {
      for (const handler of handlers) process.on('uncaughtException', handler);
    }
  });

  it('[CL16] calls no listener that was taken off, nor one put on meanwhile', () => {
    const emitter = new Emitter<{ a: undefined }>();
    const got: string[] = [];
    emitter.on('a', () => {
      got.push('first');
      offSecond();
      emitter.on('a', () => got.push('new'));
    });
    const offSecond = emitter.on('a', () => got.push('second'));
    emitter.emit('a', undefined);
    expect(got).toEqual(['first']);
    emitter.emit('a', undefined);
    expect(got).toEqual(['first', 'first', 'new']);
  });

  it('takes a listener that was put on twice off once', () => {
    const emitter = new Emitter<{ a: undefined }>();
    let calls = 0;
    const listener = (): void => {
      calls++;
    };
    const off = emitter.on('a', listener);
    emitter.on('a', listener);
    off();
    off();
    emitter.emit('a', undefined);
    expect(calls).toBe(1);
  });
});

describe('events in turn', () => {
  it('[CL16] takes what an event causes behind it, also after one threw', () => {
    const got: string[] = [];
    const step = inTurn<string>((event) => {
      got.push(`${event} begins`);
      if (event === 'a') step('b');
      if (event === 'bad') throw new Error('bad');
      got.push(`${event} ends`);
    });
    step('a');
    expect(got).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
    expect(() => step('bad')).toThrow('bad');
    step('c');
    expect(got.slice(4)).toEqual(['bad begins', 'c begins', 'c ends']);
  });
});

describe('an iteration that can be left', () => {
  it('[CL12] ends while it waits for what never comes', async () => {
    let cleaned = false;
    const items = leavable<number>(async function* (leaving) {
      try {
        yield 1;
        await new Promise((resolve) => leaving.addEventListener('abort', resolve));
      } finally {
        cleaned = true;
      }
    });
    expect(await items.next()).toEqual({ done: false, value: 1 });
    const waiting = items.next();
    await items.return();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(cleaned).toBe(true);
    expect(items[Symbol.asyncIterator]()).toBe(items);
  });
});

describe('a gateway’s addresses', () => {
  it.each([
    ['ws://127.0.0.1:7321', 'ws://127.0.0.1:7321/api/v1/watch', 'http://127.0.0.1:7321'],
    ['http://127.0.0.1:7321/', 'ws://127.0.0.1:7321/api/v1/watch', 'http://127.0.0.1:7321'],
    ['https://example.org', 'wss://example.org/api/v1/watch', 'https://example.org'],
    ['wss://example.org/tail', 'wss://example.org/tail/api/v1/watch', 'https://example.org/tail'],
    ['ws://host/api/v1/watch', 'ws://host/api/v1/watch', 'http://host'],
    ['ws://host/p/api/v1/watch/', 'ws://host/p/api/v1/watch', 'http://host/p'],
    ['http://[::1]:80/?a=b#c', 'ws://[::1]/api/v1/watch', 'http://[::1]'],
  ])('come from %s', (given, socketUrl, httpUrl) => {
    expect(gatewayUrls(given)).toEqual({ socketUrl, httpUrl });
  });

  it.each(['', 'localhost', '127.0.0.1:7321', 'redis://h', 'ftp://h', 'ws://'])(
    'are refused when given as "%s"',
    (given) => {
      expect(() => gatewayUrls(given)).toThrow(SpantailError);
      expect(() => gatewayUrls(given)).toThrow(/ws:\/\/host:port/);
    },
  );
});

describe('back-off', () => {
  it('[CL7] spreads evenly up to a bound that never overflows', () => {
    expect(backoffMs(0, 0)).toBe(0);
    expect(backoffMs(0, 0.999)).toBe(249);
    expect(backoffMs(3, 0.5)).toBe(1_000);
    expect(backoffMs(5_000, 0.5)).toBe(7_500);
    expect(backoffMs(2, 0.5, { baseMs: 10, maxMs: 20 })).toBe(10);
  });

  it('[CL8] follows the table of errors', () => {
    expect(errorOfClose(4408)).toBe('SLOW_VIEWER');
    expect(errorOfClose(1006)).toBeUndefined();
    expect([4400, 4406, 4413].some(isRetryableClose)).toBe(false);
    expect([4408, 4500, 4503, 1000, 1006, 4999].every(isRetryableClose)).toBe(true);
  });
});
