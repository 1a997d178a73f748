/** A process that appends to the embedded log of a file until it is killed, or the disk is full. */
import { openSqliteLog } from '../../../server/src/log/sqlite/sqlite-log.ts';
import { batchOf } from './harness.ts';

const [, , file = '', streamId = '', bytes = '0'] = process.argv;
const stream = { project: 'default', streamId };
const log = await openSqliteLog({ file });
for (let number = 1; ; number++) {
  try {
    await log.append(batchOf(stream, number, { events: [new Uint8Array(Number(bytes))] }));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'none';
    const entries = await log.read(stream, { after: '0-0', maxEntries: 1e6, maxBytes: 1e9 });
    process.stdout.write(`failed ${code} ${entries.length} readable\n`);
    await log.close();
    break;
  }
  process.stdout.write(`${number}\n`);
}
