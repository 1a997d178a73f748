import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { COLOURED, PLAIN } from '../../../server/src/terminal/style.ts';
import { formatMoney } from '../../../server/src/terminal/table/cells.ts';
import { renderTable, type Column } from '../../../server/src/terminal/table/render-table.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);

interface Row {
  id: string;
  name: string;
  note: string;
  count: string;
}
const COLUMNS: Column<Row>[] = [
  { title: 'ID', text: (row) => row.id },
  {
    title: 'NAME',
    text: (row) => row.name,
    flexible: 8,
    paint: (text, _, style) => style.bold(text),
  },
  { title: 'NOTE', text: (row) => row.note, optional: 1, most: 12 },
  { title: 'COUNT', text: (row) => row.count, align: 'right', optional: 2 },
];
const row = (rest: Partial<Row>): Row => ({ id: 'a1', name: 'x', note: '', count: '', ...rest });

describe('a table', () => {
  it('puts columns below each other, and leaves out those without text', () => {
    const rows = [row({ count: '7' }), row({ id: 'b', name: 'long name', count: '1234567' })];
    expect(renderTable(rows, COLUMNS, { columns: 80, style: PLAIN })).toBe(
      ['ID  NAME         COUNT', 'a1  x                7', 'b   long name  1234567'].join('\n'),
    );
  });

  it('leaves out optional columns one by one, then cuts the flexible one', () => {
    const rows = [row({ name: 'a name of some length', note: 'a note', count: '7' })];
    const at = (columns: number) => renderTable(rows, COLUMNS, { columns, style: PLAIN });
    expect(at(80).split('\n')[0]).toBe('ID  NAME                   NOTE    COUNT');
    expect(at(25).split('\n')[0]).toBe('ID  NAME           NOTE');
    expect(at(15)).toBe('ID  NAME\na1  a name of …');
  });

  it('is never wider than the screen and a line a row, whatever is in it', () => {
    console.log(`SEED=${SEED}`);
    const text = fc.string({ unit: 'binary', maxLength: 30 });
    const wild = fc.record({ id: fc.constant('0123'), name: text, note: text, count: text });
    fc.assert(
      fc.property(
        fc.array(wild, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 14, max: 90 }),
        (rows, columns) => {
          const lines = renderTable(rows, COLUMNS, { columns, style: COLOURED }).split('\n');
          expect(lines).toHaveLength(rows.length + 1);
          for (const line of lines)
            expect(stringWidth(stripVTControlCharacters(line))).toBeLessThanOrEqual(columns);
        },
      ),
      { seed: SEED },
    );
  });

  it.each([
    [undefined, ''],
    [0, '$0.00'],
    [0.00001, '<$0.0001'],
    [0.0012, '$0.0012'],
    [0.05, '$0.05'],
    [12.3, '$12.30'],
  ])('shows %s dollars as %j', (usd, text) => {
    expect(formatMoney(usd)).toBe(text);
  });
});
