import { BESIDE_SEQ, RunTree, treeToJson, type Payload, type TraceEvent } from '@spantail/protocol';
import { generateRun } from '../../test/support/generate-run.ts';
import type { VectorFile } from './vector-file.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const id = (digit: string): string => digit.repeat(16);
const open = (digit: string, startUs: number, parent?: string): TraceEvent => ({
  type: 'open',
  spanId: id(digit),
  ...(parent === undefined ? {} : { parentSpanId: id(parent) }),
  name: `span ${digit}`,
  spanType: 'step',
  startUs,
});
const snapshot = (digit: string, startUs: number, rest: object): TraceEvent => ({
  ...open(digit, startUs),
  ...rest,
});
const close = (digit: string, endUs: number, rest: object = {}): TraceEvent => ({
  type: 'close',
  spanId: id(digit),
  endUs,
  status: 'ok',
  ...rest,
});
const update = (digit: string, seq: number, rest: object): TraceEvent => ({
  type: 'update',
  spanId: id(digit),
  seq,
  ...rest,
});

const text = (value: string): Payload => ({
  mediaType: 'text/plain',
  bytes: value.length,
  preview: value,
  parts: [value],
});

const RUNS: [rule: string, name: string, events: TraceEvent[]][] = [
  ['TR1', 'a whole run', generateRun(1, { spans: 6 }).events],
  [
    'TR1',
    'closes before opens, children before parents',
    generateRun(2, { spans: 5 }).events.toReversed(),
  ],
  ['TR2', 'an orphan', [open('1', 1), open('2', 2, '9')]],
  ['TR2', 'a parent that comes late', [open('2', 2, '1'), open('1', 5)]],
  ['TR3', 'a circle of three', [open('1', 3, '2'), open('2', 2, '3'), open('3', 2, '1')]],
  ['TR3', 'a span that is its own parent', [open('1', 1, '1')]],
  [
    'TR4',
    'siblings',
    [open('1', 0), open('4', 9, '1'), open('3', 5, '1'), open('2', 5, '1'), close('5', 1)],
  ],
  ['TR5', 'contradicting opens', [open('1', 5, '2'), open('1', 4), open('2', 1)]],
  [
    'TR5',
    'snapshots of a span, the last one behind its end',
    [
      snapshot('1', 3, {
        revision: 2,
        attributes: { a: 1, b: 2 },
        logs: [{ timeUs: 4, message: 'x' }],
      }),
      close('1', 9),
      snapshot('1', 2, { revision: 1, attributes: { a: 1, c: 3 } }),
      update('1', 0, { logs: [{ timeUs: 5, message: 'y' }] }),
    ],
  ],
  [
    'TR5',
    'contradicting closes',
    [
      open('1', 1),
      close('1', 9, { reason: 'lost' }),
      close('1', 3),
      close('1', 5, { status: 'error' }),
    ],
  ],
  [
    'TR5',
    'contradicting updates',
    [open('1', 1), update('1', 0, { outputDelta: 'b' }), update('1', 0, { outputDelta: 'a' })],
  ],
  [
    'TR6',
    'attributes and names',
    [
      update('1', 2, { attributes: { a: 3, b: 3 }, name: 'third' }),
      update('1', 1, { attributes: { a: 2, c: 2 }, name: 'second', spanType: 'tool' }),
      { ...open('1', 1), attributes: { a: 1, d: 1 } },
      close('1', 2, { attributes: { b: 4 } }),
    ],
  ],
  [
    'TR7',
    'deltas out of order',
    [
      open('1', 1),
      update('1', 2, { outputDelta: 'c' }),
      update('1', 0, { outputDelta: 'a' }),
      update('1', 1, { outputDelta: 'b' }),
    ],
  ],
  [
    'TR7',
    'a hole in the deltas',
    [
      open('1', 1),
      update('1', 0, { outputDelta: 'a' }),
      update('1', 2, { outputDelta: 'c' }),
      close('1', 2),
    ],
  ],
  [
    'TR7',
    'an output that others bring, beside the deltas',
    [
      open('1', 1),
      update('1', BESIDE_SEQ + 9, { output: text('newer'), logs: [{ timeUs: 3, message: 'x' }] }),
      update('1', BESIDE_SEQ, { output: text('older') }),
      update('1', 0, { outputDelta: 'a' }),
      close('1', 2),
    ],
  ],
  [
    'TR7',
    'an output that others bring, and its own',
    [
      open('1', 1),
      update('1', BESIDE_SEQ, { output: text('theirs') }),
      close('1', 2, { output: text('its own') }),
    ],
  ],
  [
    'TR8',
    'lost, and repaired',
    [
      open('1', 1),
      close('1', 9, { reason: 'lost' }),
      open('2', 2),
      close('2', 9, { reason: 'lost' }),
      close('2', 3),
    ],
  ],
  ['TR8', 'an update alone', [update('1', 0, { outputDelta: 'a' })]],
  [
    'TR9',
    'drops, repeated',
    [
      { ...open('1', 1), dropped: { events: 2 } },
      { ...open('1', 1), dropped: { events: 2 } },
      close('1', 2, { dropped: { updates: 1, payloads: 4 } }),
    ],
  ],
];

export function treeVectors(): VectorFile {
  return {
    about:
      'The `events`, in this and in any other order and repeated, fold into `tree`: its spans depth first, with all that §5 says of them. (`children` with equal starts keep the order of their opens, so those cases hold in this order only.)',
    cases: RUNS.map(([rule, name, events]) => {
      const tree = new RunTree(traceId);
      for (const event of events) tree.apply(event);
      return { rule, name, events, tree: JSON.parse(JSON.stringify(treeToJson(tree))) as unknown };
    }),
  };
}
