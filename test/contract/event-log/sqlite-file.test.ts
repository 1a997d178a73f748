import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSqliteLog } from '../../../server/src/log/sqlite/sqlite-log.ts';
import { batchOf, newStream, numbersIn } from './harness.ts';
import { temporaryDirectory } from './sqlite-harness.ts';

const PROCESS = join(import.meta.dirname, 'sqlite-process.ts');
const NODE = [process.execPath, '--conditions=source', '--no-warnings', PROCESS];

/** Runs the appending process, line by line; it is gone when the test is over. */
function run(command: string[]) {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() };
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, i) => i + 1);
}

describe('the embedded log and its file', () => {
  it.each([1, 40, 400])(
    '[LOG18] has everything it accepted before it was killed after %i entries',
    async (count) => {
      const file = join(temporaryDirectory(), 'log.sqlite');
      const stream = newStream();
      const { child, lines } = run([...NODE, file, stream.streamId, '300']);
      let accepted = 0;
      for (;;) {
        const { value, done } = await lines.next();
        if (done === true) break;
        accepted = Number(value);
        if (accepted >= count && !child.killed) child.kill('SIGKILL');
      }
      if (child.signalCode === null) await once(child, 'exit');
      expect(child.signalCode).toBe('SIGKILL');
      expect(accepted).toBeGreaterThanOrEqual(count);

      const log = await openSqliteLog({ file });
      onTestFinished(() => log.close());
      const numbers = await numbersIn(log, stream);
      // At most the one whose answer was on its way is there besides.
      expect(numbers).toEqual(upTo(Math.max(accepted, numbers.length)));
      expect(numbers.length).toBeLessThanOrEqual(accepted + 1);
      expect((await log.append(batchOf(stream, accepted))).outcome).toBe('duplicate');
      expect(await log.takeWork('a', { maxItems: 9, waitMs: 0, stealAfterMs: 1e6 })).toHaveLength(
        1,
      );
    },
  );

  it('[LOG18] keeps and shows what it has when the disk is full, and goes on when it is not', async () => {
    const file = join(temporaryDirectory(), 'log.sqlite');
    const stream = newStream();
    // A limit on the size of files stands in for a full disk.
    const limited = ['sh', '-c', 'trap "" XFSZ; ulimit -f 6000; exec "$@"', 'sh', ...NODE];
    const { child, lines } = run([...limited, file, stream.streamId, '50000']);
    let accepted = 0;
    let failure = '';
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) break;
      if (/^\d+$/.test(value)) accepted = Number(value);
      else failure = value;
    }
    if (child.exitCode === null) await once(child, 'exit');
    expect(accepted).toBeGreaterThan(5);
    expect(failure).toBe(`failed LOG_UNAVAILABLE ${accepted} readable`);

    const log = await openSqliteLog({ file });
    onTestFinished(() => log.close());
    expect(await numbersIn(log, stream)).toEqual(upTo(accepted));
    expect((await log.append(batchOf(stream, accepted + 1))).outcome).toBe('appended');
  });

  it('[LOG19] is refused to a second one, until the first is closed', async () => {
    const file = join(temporaryDirectory(), 'log.sqlite');
    const first = await openSqliteLog({ file });
    await expect(openSqliteLog({ file })).rejects.toMatchObject({
      code: 'LOG_UNAVAILABLE',
      message: expect.stringMatching(/another gateway has .*log\.sqlite open; stop it, or choose/),
    });
    await first.close();
    await (await openSqliteLog({ file })).close();
  });

  it('[LOG19] refuses what is no log of its own, naming it, and leaves it as it was', async () => {
    const directory = temporaryDirectory();
    const text = join(directory, 'text');
    writeFileSync(text, 'not a database, but long enough to be taken for one '.repeat(100));
    const foreign = join(directory, 'foreign');
    const other = new DatabaseSync(foreign);
    other.exec('CREATE TABLE people (name TEXT)');
    other.close();
    const newer = join(directory, 'newer');
    await (await openSqliteLog({ file: newer })).close();
    const upgraded = new DatabaseSync(newer);
    upgraded.exec('PRAGMA user_version = 99');
    upgraded.close();
    const readOnly = join(directory, 'read-only');
    await (await openSqliteLog({ file: readOnly })).close();
    const folder = join(directory, 'folder');
    mkdirSync(folder);

    const cases: [string, RegExp][] = [
      [text, /text is not a database; move it away, or choose another data directory/],
      [foreign, /foreign is a database of another application; choose another data directory/],
      [newer, /newer was written by a newer Spantail .*; upgrade, or choose another/],
      [`file:${readOnly}?mode=ro`, /read-only\?mode=ro cannot be written; check its permissions/],
      [folder, /folder cannot be opened; check that its directory exists and can be written/],
      [join(directory, 'no', 'file'), /file cannot be opened; check that its directory exists/],
    ];
    const before = [text, foreign].map((file) => readFileSync(file));
    for (const [file, message] of cases)
      await expect(openSqliteLog({ file })).rejects.toMatchObject({
        code: 'LOG_UNAVAILABLE',
        message: expect.stringMatching(message),
      });
    expect([text, foreign].map((file) => readFileSync(file))).toEqual(before);
  });
});
