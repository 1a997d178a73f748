import { SpantailError } from '@spantail/protocol';
import { Indexer, openLog, type CommitOutcome, type RunCommit } from 'spantail';
import { describe, expect, it, onTestFinished } from 'vitest';
import { batchOf, newStream } from '../../contract/event-log/harness.ts';
import { eventually } from '../../support/eventually.ts';
import { MemoryArchive } from '../../support/memory-archive.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

describe('a run that the archive refuses for good', () => {
  it.each([1, 5])(
    '[REC3] is told of and let be, and holds up no other one (%i others)',
    async (count) => {
      const refused = newStream();
      /** Like a store that keeps no run of so many spans. */
      class ChoosyArchive extends MemoryArchive {
        override commit(commits: RunCommit[]): Promise<CommitOutcome[]> {
          if (commits.some(({ streamId }) => streamId === refused.streamId))
            return Promise.reject(new SpantailError('TOO_LARGE', 'too many spans'));
          return super.commit(commits);
        }
      }
      const archive = new ChoosyArchive();
      const log = await openLog(undefined, temporaryDirectory(), 600_000);
      const errors: unknown[] = [];
      const indexer = new Indexer({ log, archive, onError: (error) => errors.push(error) });
      onTestFinished(async () => {
        await indexer.close();
        await log.close();
      });
      indexer.start();
      await log.append(batchOf(refused, 1));
      await eventually(() => errors.length > 0, 'the refused run is told of');
      for (let i = 0; i < count; i++) {
        const stream = newStream();
        await log.append(batchOf(stream, 1));
        if (i === 0) await log.append(batchOf(refused, 2));
        await eventually(
          async () => (await archive.position(stream)) !== undefined,
          'another run is in the record',
        );
      }
      expect(await archive.position(refused)).toBeUndefined();
      expect(errors[0]).toMatchObject({ code: 'TOO_LARGE' });
    },
  );
});
