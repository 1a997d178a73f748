import { describe, expect, it } from 'vitest';
import { readBoardAddress, writeBoardAddress } from '../../../dashboard/src/board/board-address.ts';
import {
  questionOf,
  readAddress,
  sortedBy,
  writeAddress,
} from '../../../dashboard/src/runs/list-address.ts';
import { traceIdIn } from '../../../dashboard/src/runs/trace-id-in.ts';
import { traceId } from '../../support/query/sample-runs.ts';

const list = (text: string) => readAddress(new URLSearchParams(text));
const board = (text: string) => readBoardAddress(new URLSearchParams(text));

describe("the list's address", () => {
  it('says what is asked for', () => {
    const address = list('q=agent%3Aplanner&status=error&range=24h&sort=-cost');
    expect(questionOf(address)).toEqual({
      q: 'agent:planner',
      status: 'error',
      start: '>-24h',
      sort: '-cost',
    });
    expect(list(writeAddress(address).toString())).toEqual(address);
  });

  it('leaves out what is usual, and what it does not know', () => {
    expect(questionOf(list(''))).toEqual({ sort: '-start' });
    expect(writeAddress(list('status=broken&range=9y&sort=name&q=++')).toString()).toBe('');
  });

  it('turns the order of a column round when it is pressed again', () => {
    const once = sortedBy(list(''), 'tokens');
    expect(writeAddress(once).get('sort')).toBe('-tokens');
    expect(writeAddress(sortedBy(once, 'tokens')).get('sort')).toBe('tokens');
    expect(writeAddress(sortedBy(list(''), 'start')).get('sort')).toBe('start');
  });
});

describe("a board's address", () => {
  it('names runs, a filter, or both', () => {
    const [a, b] = [traceId(1), traceId(2)];
    expect(board('')).toMatchObject({ runIds: [], q: '', count: 12 });
    expect(board(`run=${a}&run=${b}&run=${a}`)).toMatchObject({ runIds: [a, b], q: undefined });
    expect(board(`run=${a}&q=status:error&count=40&density=compact`)).toEqual({
      runIds: [a],
      q: 'status:error',
      count: 40,
      isDense: true,
    });
  });

  it('is read as it was written', () => {
    for (const text of ['', 'q=status:ok', `run=${traceId(1)}`, `run=${traceId(1)}&q=`, 'count=6'])
      expect(board(writeBoardAddress(board(text)).toString())).toEqual(board(text));
  });

  it('takes no more runs than a board has room for, and nothing that is no trace id', () => {
    const many = Array.from({ length: 60 }, (_, i) => `run=${traceId(i + 1)}`).join('&');
    expect(board(many).runIds).toHaveLength(40);
    expect(board('run=javascript:alert(1)&count=1e9')).toMatchObject({ runIds: [], count: 12 });
  });
});

describe('a trace id that somebody types', () => {
  it('may have blanks around it, hyphens and capitals', () => {
    const id = '0af7651916cd43dd8448eb211c80319c';
    expect(traceIdIn(id)).toBe(id);
    expect(traceIdIn(` ${id.toUpperCase()}\n`)).toBe(id);
    expect(traceIdIn('0af76519-16cd-43dd-8448-eb211c80319c')).toBe(id);
  });

  it('is none when it could be nobody’s', () => {
    for (const text of ['', 'x', '0'.repeat(32), 'ab'.repeat(15), 'ab'.repeat(17), 'g'.repeat(32)])
      expect(traceIdIn(text), text).toBeUndefined();
  });
});
