import { encodeEvent, encodeEventArray, lostProducer, type TraceEvent } from '@spantail/protocol';
import type { LogEntry } from 'spantail';
import { describe, expect, it } from 'vitest';
import { OpenSpans } from '../../../server/src/indexer/open-spans.ts';
import { close, open, spanId, update } from '../../support/agent/make-publisher.ts';

function entryOf(producer: string, events: TraceEvent[]): LogEntry {
  return {
    position: '1-0',
    producer,
    number: 1,
    fin: false,
    events: encodeEventArray(events.map(encodeEvent)),
    count: events.length,
    check: '',
    blobRefs: [],
  };
}

function openAfter(...entries: [producer: string, ...events: TraceEvent[]][]): string[] {
  const spans = new OpenSpans('p');
  for (const [producer, ...events] of entries) spans.take(entryOf(producer, events));
  return spans.open().map((span) => span.spanId);
}

const lost = (number: number): TraceEvent => close(number, { reason: 'lost' });

describe('what a producer left open', () => {
  it('[LE4] is what it opened and nobody closed, whoever else there is', () => {
    expect(
      openAfter(
        ['p', open(0), open(1), open(2)],
        ['q', open(3), close(1), update(0, 0)],
        ['p', close(2), open(4), update(5, 0)],
      ),
    ).toEqual([spanId(0), spanId(4)]);
    expect(openAfter(['p', close(0)], ['p', open(0)])).toEqual([]);
    expect(openAfter()).toEqual([]);
  });

  it('[LE4] is with its start', () => {
    const spans = new OpenSpans('p');
    spans.take(entryOf('p', [open(7)]));
    expect(spans.open()).toEqual([
      { spanId: spanId(7), startUs: (open(7) as { startUs: number }).startUs },
    ]);
  });

  it('[LE7] is nothing once it was called lost, until it is heard of again', () => {
    const dead = lostProducer('p');
    expect(openAfter(['p', open(0), open(1)], [dead, lost(0), lost(1)])).toEqual([]);
    expect(openAfter(['p', open(0), open(1)], [dead, lost(0), lost(1)], ['q', open(2)])).toEqual(
      [],
    );
    expect(
      openAfter(['p', open(0), open(1)], [dead, lost(0), lost(1)], ['p', close(0), open(2)]),
    ).toEqual([spanId(1), spanId(2)]);
  });

  it('[LE4] passes over events that nobody can read', () => {
    const spans = new OpenSpans('p');
    const events = encodeEventArray([Uint8Array.of(0xc1), encodeEvent(open(0))]);
    spans.take({ ...entryOf('p', []), events });
    expect(spans.open()).toHaveLength(1);
  });
});
