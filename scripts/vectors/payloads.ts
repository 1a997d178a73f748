import { buildPayload } from '@spantail/protocol';
import { hashBlob } from '../../test/support/codec/hash-blob.ts';
import type { VectorFile } from './vector-file.ts';

const message = (i: number): object => ({
  role: 'user',
  content: `message ${i}: ${'text '.repeat(20)}`,
});
const messages = (count: number): object[] => Array.from({ length: count }, (_, i) => message(i));

const VALUES: [rule: string, name: string, value: unknown][] = [
  ['PL1', 'null', null],
  ['PL1', 'a number', 0.1],
  ['PL1', 'an object', { b: [1, { c: 'ü' }], a: true }],
  ['PL2', 'text', 'Grüße, 世界'],
  ['PL2', 'empty text', ''],
  ['PL2', 'text with a lone surrogate', 'half \ud83d of one'],
  ['PL3', 'text of 511 bytes', 'x'.repeat(511)],
  ['PL3', 'text of 512 bytes', 'x'.repeat(512)],
  ['PL3', 'text of 256 characters and 512 bytes', 'ü'.repeat(256)],
  ['PL4', 'an array of less than 512 characters', ['x'.repeat(507)]],
  ['PL4', 'an array of 512 characters', ['x'.repeat(508)]],
  ['PL4', 'an array of many small values', Array.from({ length: 400 }, (_, i) => i)],
  [
    'PL4',
    'elements of 63 and 64 bytes',
    [...Array.from({ length: 8 }, () => 'y'.repeat(61)), 'z'.repeat(62)],
  ],
  ['PL5', 'a list of 30 messages', messages(30)],
  ['PL5', 'the same list, one longer', messages(31)],
  ['PL6', 'the same list with a message rewritten', messages(31).with(7, message(700))],
  ['PL5', 'a list of equal elements', Array.from({ length: 150 }, () => message(1))],
  ['PL7', 'a preview that would end in half a pair', `${'a'.repeat(199)}🎉 and more`],
];

export function payloadVectors(): VectorFile {
  return {
    about:
      '`value` becomes `payload` and needs exactly `blobs` (a list cut into chunks as §4 says, in any order of blobs); `payload` with `blobs` loads as `value`. `parts` stand as in memory: text, bytes, or a chunk as an object.',
    cases: VALUES.map(([rule, name, value]) => {
      const { payload, blobs } = buildPayload(value, hashBlob);
      return { rule, name, value, payload, blobs };
    }),
  };
}
