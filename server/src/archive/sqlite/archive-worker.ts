/** The thread that holds one connection to an archive's file: its writer, or one of its readers. */
import type { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { SpantailError } from '@spantail/protocol';
import { archiveUnavailable } from '../unavailable.ts';
import { ArchiveReader } from './archive-reader.ts';
import { ArchiveWriter } from './archive-writer.ts';
import { QueryClock } from './query-clock.ts';
import { lockArchive, openForReading, openForWriting } from './database.ts';
import {
  CLOSE,
  type MethodName,
  type WorkerReply,
  type WorkerRequest,
  type WorkerStart,
} from './messages.ts';
import { pack, unpackViews } from './pack.ts';

type Methods = Partial<Record<MethodName, (...args: unknown[]) => unknown>>;

const port = parentPort;
if (port === null) throw new Error('archive-worker.ts runs as a thread');

const clock = new QueryClock();
const open: DatabaseSync[] = [];

function start({ role, file }: WorkerStart): Methods {
  if (role === 'reader') {
    const db = openForReading(file);
    open.push(db);
    clock.install(db);
    return new ArchiveReader(db) as unknown as Methods;
  }
  open.push(lockArchive(file));
  const db = openForWriting(file);
  open.push(db);
  return new ArchiveWriter(db) as unknown as Methods;
}

/** The connection to the file first, then the lock: nobody else may write before. */
function closeAll(): void {
  for (const db of open.reverse()) db.close();
  port?.close();
}

function answer(id: number, work: () => unknown): void {
  let reply: WorkerReply;
  try {
    reply = { id, result: pack(work()) };
  } catch (error) {
    const { code, message } =
      error instanceof SpantailError
        ? error
        : archiveUnavailable('the archive cannot be used', error);
    reply = { id, failure: { code, message } };
  }
  port?.postMessage(reply, 'result' in reply ? [reply.result.buffer] : []);
}

let methods: Methods | undefined;
answer(0, () => {
  methods = start(workerData as WorkerStart);
});
if (methods === undefined) closeAll();

port.on('message', (request: WorkerRequest | typeof CLOSE) => {
  if (request === CLOSE) {
    closeAll();
    return;
  }
  const { id, method, args, timeoutMs } = request;
  answer(id, () => {
    clock.start(timeoutMs);
    return methods?.[method]?.(...(unpackViews(args) as unknown[]));
  });
});
