import {
  decodeEventArray,
  decodeRunSummary,
  encodeEventArray,
  encodeRunSummary,
  eventArrayBody,
  type RunSummary,
} from '@spantail/protocol';
import fc from 'fast-check';
import { pack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../support/codec/expect-code.ts';

const events = fc.oneof(
  fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 40 }),
  fc.constantFrom(
    [new Uint8Array(255), new Uint8Array(256)],
    [new Uint8Array(65_535), new Uint8Array(65_536)],
    Array.from({ length: 65_536 }, () => new Uint8Array(1)),
  ),
);

describe('arrays of events', () => {
  it('[EV11] gives back the events, as standard MessagePack', () => {
    fc.assert(
      fc.property(events, (list) => {
        const bytes = encodeEventArray(list);
        expect(Buffer.compare(bytes, pack(list))).toBe(0);
        const decoded = decodeEventArray(bytes);
        expect(decoded.length).toBe(list.length);
        expect(decoded.every((item, index) => !Buffer.compare(item, list[index]!))).toBe(true);
        const { count, body } = eventArrayBody(bytes);
        expect(count).toBe(list.length);
        expect(body.buffer).toBe(bytes.buffer);
      }),
      { numRuns: 60 },
    );
  });

  it.each(['', 'c0', 'c400', '8101', '91', '92c400', '91a161', '91c4026161'.slice(0, 8), '90c0'])(
    '[EV11] refuses %j',
    (hex) => {
      expectCode('BATCH_INVALID', () => decodeEventArray(Buffer.from(hex, 'hex')));
    },
  );

  it.each(['ddffffffffc400', 'dcffffc400', '91c6ffffffff00', 'dc', 'dd0000'])(
    '[EV11] believes no length in %s',
    (hex) => {
      expectCode('BATCH_INVALID', () => decodeEventArray(Buffer.from(hex, 'hex')));
    },
  );
});

describe('summaries of runs', () => {
  const summary: RunSummary = {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    name: 'answer',
    service: 'research-agent',
    status: 'ok',
    startUs: 1_763_965_412_000_123,
    endUs: 1_763_965_413_000_123,
    lastActivityUs: 1_763_965_413_000_456,
    currentStep: 'search',
    spanCount: 4,
    openCount: 1,
    errorCount: 0,
    inputTokens: 1_200,
    outputTokens: 0,
    costUsd: 0.003,
    revision: 3,
  };
  const { traceId, name, startUs, lastActivityUs } = summary;
  const least: RunSummary = {
    traceId,
    name,
    status: 'lost',
    startUs,
    lastActivityUs,
    spanCount: 1,
    openCount: 0,
    errorCount: 0,
    revision: 1,
  };

  it('[EV13] decodes what it encodes', () => {
    expect(decodeRunSummary(encodeRunSummary(summary))).toEqual(summary);
    expect(decodeRunSummary(encodeRunSummary(least))).toEqual(least);
    const lone = decodeRunSummary(encodeRunSummary({ ...summary, name: '\uD800' }));
    expect(lone.name).toBe('\uFFFD');
    const step = decodeRunSummary(encodeRunSummary({ ...summary, currentStep: '\uD800' }));
    expect(step.currentStep).toBe('\uFFFD');
  });

  it.each([-1, Number.NaN, 'free'])('[EV13] refuses one that costs %s', (costUsd) => {
    const bytes = new Uint8Array(pack({ ...summary, costUsd }));
    expect(expectCode('EVENT_INVALID', () => decodeRunSummary(bytes))).toContain('run.costUsd ');
  });

  it.each(Object.keys(least))('[EV13] refuses one without %s', (key) => {
    const entries = Object.entries(summary).filter(([name]) => name !== key);
    const bytes = new Uint8Array(pack(Object.fromEntries(entries)));
    expect(expectCode('EVENT_INVALID', () => decodeRunSummary(bytes))).toContain(`run.${key} `);
  });
});
