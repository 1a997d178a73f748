/**
 * A process that commits to an embedded archive until it is killed. When a commit fails it says so,
 * and tries the same again after each line that it is sent.
 */
import { once } from 'node:events';
import { openSqliteArchive } from '../../../server/src/archive/sqlite/sqlite-archive.ts';
import { portionOf } from './sqlite-portions.ts';

const [, , file = '', bytes = '0', runs = '3'] = process.argv;
const archive = await openSqliteArchive({ file });
for (let number = 1; ;) {
  const commits = Array.from({ length: Number(runs) }, (_, run) =>
    portionOf(run, number, Number(bytes)),
  );
  try {
    const outcomes = await archive.commit(commits);
    process.stdout.write(`${number++} ${outcomes.join(' ')}\n`);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'none';
    process.stdout.write(`failed ${code} at ${number}\n`);
    await once(process.stdin, 'data');
  }
}
