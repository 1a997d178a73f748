import { RunTree, type TraceEvent } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { marksOfLog } from '../../../dashboard/src/time-machine/marks.ts';
import { MAX_WAIT_MS, RunLog } from '../../../dashboard/src/time-machine/run-log.ts';
import { marksOfTree } from '../../../dashboard/src/time-machine/tree-marks.ts';
import { outlineOf } from '../../../dashboard/src/tree/outline.ts';

const START_MS = 1_700_000_000_000;
const [A, B, C] = ['a', 'b', 'c'].map((name) => name.repeat(16));

function open(spanId = '', spanType: 'model' | 'tool', atMs: number): TraceEvent {
  return { type: 'open', spanId, name: spanType, spanType, startUs: (START_MS + atMs) * 1_000 };
}

function close(spanId = '', atMs: number, rest: Partial<TraceEvent> = {}): TraceEvent {
  const endUs = (START_MS + atMs) * 1_000;
  return { type: 'close', spanId, endUs, status: 'ok', ...rest } as TraceEvent;
}

const EVENTS: [number, TraceEvent][] = [
  [0, open(A, 'model', 0)],
  [100, close(A, 100)],
  [100, open(B, 'tool', 100)],
  [10_100, close(B, 10_100, { status: 'error' })],
  [10_200, open(C, 'tool', 10_200)],
  [10_200, close(C, 10_200, { status: 'unset', reason: 'lost' })],
];

function cursorAt(index: number): string {
  const [ms = 0] = EVENTS[index] ?? [];
  return `aaaaaaaa.abcd.${START_MS + ms}-${index}.00000000`;
}

function makeLog(): RunLog {
  const log = new RunLog();
  EVENTS.forEach(([ms, event], i) => log.append(event, cursorAt(i), START_MS + ms));
  return log;
}

describe('scrubber marks', () => {
  it('stand where the log has the events', () => {
    const marks = marksOfLog(makeLog(), 102, false);
    expect(marks.models).toEqual([0]);
    expect(marks.errors).toEqual([101]);
    expect(marks.lost).toEqual([101]);
    expect([...marks.density].filter((share) => share > 0)).toHaveLength(3);
  });

  it('move together where long waits are skipped', () => {
    const log = makeLog();
    expect(log.lengthMs(false)).toBe(10_200);
    expect(log.lengthMs(true)).toBe(100 + MAX_WAIT_MS + 100);
    expect(marksOfLog(log, 12, true).errors).toEqual([11]);
  });

  it('are about the same by the tree, before there is a log', () => {
    const tree = new RunTree('ab'.repeat(16));
    for (const [, event] of EVENTS) tree.apply(event);
    const outline = outlineOf(tree);
    outline.refresh(() => 1);
    expect(marksOfTree(outline, 102, 0)).toEqual(marksOfLog(makeLog(), 102, false));
  });

  it('draw nothing of an empty run', () => {
    expect(marksOfLog(new RunLog(), 10, true)).toMatchObject({ models: [], errors: [], lost: [] });
  });
});

describe('run log', () => {
  it('finds how many events lie behind a place, a time and a cursor', () => {
    const log = makeLog();
    expect(log.countAtTime(START_MS - 1)).toBe(0);
    expect(log.countAtTime(START_MS + 100)).toBe(3);
    expect(log.countAtPlace(99, false)).toBe(1);
    expect(log.countAtPlace(99_999, false)).toBe(6);
    EVENTS.forEach((_, i) => expect(log.countAtCursor(cursorAt(i))).toBe(i + 1));
    expect(log.countAtCursor(`aaaaaaaa.abcd.${START_MS + 50}-0.00000000`)).toBe(1);
    expect(log.countAtCursor(`aaaaaaaa.abcd.${START_MS + 99_999}-0.00000000`)).toBeUndefined();
    expect(log.countAtCursor('nonsense')).toBeUndefined();
  });

  it('tells the agents\u2019 clock, which goes on between the events that tell it', () => {
    const log = new RunLog();
    // The agent's clock is an hour ahead of the log's.
    log.append(open(A, 'model', 3_600_000), cursorAt(0), START_MS);
    log.append({ type: 'update', spanId: A ?? '', seq: 0 }, cursorAt(1), START_MS + 500);
    expect(log.agentUs(1) - log.agentUs(0)).toBe(500_000);
    expect(log.agentUs(0)).toBe((START_MS + 3_600_000) * 1_000);
    expect(log.momentMs(1, 200, false)).toBe(START_MS + 200);
    expect(log.momentMs(1, 900, false)).toBe(START_MS + 500);
  });

  it('is empty again after a reset', () => {
    const log = makeLog();
    log.clear();
    expect(log.count).toBe(0);
    expect(log.lengthMs(true)).toBe(0);
    log.append(open(A, 'model', 0), cursorAt(0), START_MS);
    expect(log.placeMs(0, true)).toBe(0);
  });
});
