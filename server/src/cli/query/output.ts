import { toHex } from '@spantail/protocol';
import { styleFor, type Style } from '../../terminal/style.ts';

/** Columns of a pipe, which has none of its own. */
const PIPE_COLUMNS = 120;

/** The screen, as far as tables are made for it. */
export interface Screen {
  columns: number;
  style: Style;
}

export function screen(): Screen {
  const { stdout, env } = process;
  const columns = stdout.isTTY ? stdout.columns : Number(env['COLUMNS']) || PIPE_COLUMNS;
  return { columns: Math.min(200, Math.max(80, columns)), style: styleFor(stdout) };
}

/** Waits for a slow reader of the pipe. */
export async function print(text: string): Promise<void> {
  if (!process.stdout.write(`${text}\n`))
    await new Promise((resolve) => process.stdout.once('drain', resolve));
}

/** One row as a line of JSON; references in hex. */
export function jsonLine(row: object): string {
  return JSON.stringify(row, (_key, value: unknown) =>
    value instanceof Uint8Array ? toHex(value) : value,
  );
}

/** Beside the rows, so that a pipe gets nothing but them. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
