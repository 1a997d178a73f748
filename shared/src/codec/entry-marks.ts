import type { EntryMark } from '../wire/message.ts';
import type { Fields } from './fields.ts';

/** Of each mark: milliseconds since the mark before, sequence number, check, events. */
const NUMBERS = 4;

/**
 * Marks as one flat list of integers: positions grow slowly, so most marks take about ten bytes in
 * place of the thirty that their texts would.
 */
export function packEntryMarks(marks: readonly EntryMark[]): number[] {
  const list: number[] = [];
  let before = 0;
  for (const { position, check, count } of marks) {
    const [ms = '0', seq = '0'] = position.split('-');
    list.push(Number(ms) - before, Number(seq), Number.parseInt(check, 16), count);
    before = Number(ms);
  }
  return list;
}

/** @throws SpantailError of the fields' code when `key` is not such a list */
export function readEntryMarks(fields: Fields, key: string): EntryMark[] {
  const list = fields.list(key, (item) => item);
  if (list.length % NUMBERS !== 0 || !list.every(isCount))
    throw fields.wrong(key, `is not a list of ${NUMBERS} integers for each entry`);
  const marks: EntryMark[] = [];
  let ms = 0;
  for (let i = 0; i < list.length; i += NUMBERS) {
    const [step = 0, seq = 0, check = 0, count = 0] = list.slice(i, i + NUMBERS) as number[];
    ms += step;
    marks.push({ position: `${ms}-${seq}`, check: check.toString(16).padStart(8, '0'), count });
  }
  return marks;
}

function isCount(item: unknown): boolean {
  return Number.isSafeInteger(item) && (item as number) >= 0;
}
