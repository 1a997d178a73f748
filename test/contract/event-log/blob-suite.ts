import { describe, expect, it } from 'vitest';
import { batchOf, blobOf, newStream, readAll, type Suite } from './harness.ts';

const [a, b, c] = [10, 700, 100_000].map((bytes) => blobOf(new Uint8Array(bytes).fill(bytes)));
if (a === undefined || b === undefined || c === undefined) throw new Error('three blobs');

/** Bytes by reference, and what is missing. */
export const blobSuite: Suite = (harness) => {
  describe('blobs', () => {
    it('[LOG5] can be read once their batch is answered, and are named by its entry', async () => {
      const log = await harness.open();
      const stream = newStream();
      await log.append(batchOf(stream, 1, { blobs: [a, c] }));
      expect(await log.getBlobs(stream, [c.ref, b.ref, a.ref])).toEqual([
        c.bytes,
        undefined,
        a.bytes,
      ]);
      const [entry] = await readAll(log, stream);
      expect(entry?.blobRefs).toEqual([a.ref, c.ref]);
    });

    it('[LOG5] that are missing are named in the order of the references', async () => {
      const log = await harness.open();
      const stream = newStream();
      const first = await log.append(
        batchOf(stream, 1, { blobs: [b], refs: [c.ref, b.ref, a.ref] }),
      );
      expect(first.missing).toEqual([c.ref, a.ref]);
      await log.putBlobs(stream, [a]);
      const second = await log.append(batchOf(stream, 2, { refs: [a.ref, b.ref, c.ref] }));
      expect(second.missing).toEqual([c.ref]);
    });

    it('[LOG5] of a duplicate are kept, and its missing ones named', async () => {
      const log = await harness.open();
      const stream = newStream();
      await log.append(batchOf(stream, 1));
      const again = await log.append(batchOf(stream, 1, { blobs: [a], refs: [a.ref, b.ref] }));
      expect(again).toMatchObject({ outcome: 'duplicate', missing: [b.ref] });
      expect(await log.getBlobs(stream, [a.ref])).toEqual([a.bytes]);
      expect(await readAll(log, stream)).toHaveLength(1);
    });

    it('[LOG4] of a conflict are not written', async () => {
      const log = await harness.open();
      const stream = newStream();
      await log.append(batchOf(stream, 1, { blobs: [a] }), { expectLast: '7-7' });
      expect(await log.getBlobs(stream, [a.ref])).toEqual([undefined]);
    });

    it('[LOG5] belong to their stream, and may come before its first entry', async () => {
      const log = await harness.open();
      const [stream, other] = [newStream(), newStream()];
      await log.putBlobs(stream, [a]);
      await log.putBlobs(stream, []);
      expect(await log.tail(stream)).toBeUndefined();
      expect(await log.getBlobs(other, [a.ref])).toEqual([undefined]);
      expect(await log.getBlobs(stream, [])).toEqual([]);
      const result = await log.append(batchOf(stream, 1, { refs: [a.ref] }), { expectLast: '0-0' });
      expect(result).toMatchObject({ outcome: 'appended', missing: [] });
    });

    it('[LOG5] of one batch may be many: as many references as a batch may have bytes', async () => {
      const log = await harness.open();
      const stream = newStream();
      const refs = Array.from({ length: 262_144 }, (_, i) => {
        const ref = new Uint8Array(16);
        new DataView(ref.buffer).setUint32(0, i);
        return ref;
      });
      const result = await log.append(batchOf(stream, 1, { refs }));
      expect(result.missing).toHaveLength(refs.length);
      expect(result.missing.at(-1)).toEqual(refs.at(-1));
    });
  });
};
