import type { PoolClient } from 'pg';
import { toHex, type Blob, type BlobRef } from '@spantail/protocol';
import { compress, decompress } from '../compress.ts';
import type { Connection } from './connection.ts';
import type { RunPlace } from './span-columns.ts';

/** Blobs written by one statement, at most; a large one goes alone. */
const WRITE_BYTES = 4 * 1024 * 1024;
const WRITE_BLOBS = 1_000;
const READ_BLOBS = 256;

/** A blob that came with a commit for this run. */
export interface RunBlob {
  place: RunPlace;
  blob: Blob;
}

/** Stores what the project does not have yet. Bytes that are new, by project and reference. */
export async function insertBlobs(
  client: PoolClient,
  blobs: readonly RunBlob[],
): Promise<Map<string, number>> {
  const distinct = new Map(blobs.map((each) => [keyOf(each.place.project, each.blob.ref), each]));
  // In one order, whoever writes: two commits with the same blobs then never block each other.
  const sorted = [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
  const added = new Map<string, number>();
  for (let at = 0; at < sorted.length;) {
    const chunk: RunBlob[] = [];
    for (let bytes = 0; at < sorted.length && chunk.length < WRITE_BLOBS; at++) {
      const next = sorted[at] as RunBlob;
      bytes += next.blob.bytes.byteLength;
      if (chunk.length > 0 && bytes > WRITE_BYTES) break;
      chunk.push(next);
    }
    const { rows } = await client.query<{ project: number; ref: Buffer; bytes: number }>({
      name: 'insert-blobs',
      text: `INSERT INTO spantail.blobs (project, ref, body)
             SELECT * FROM unnest($1::integer[], $2::bytea[], $3::bytea[])
             ON CONFLICT DO NOTHING RETURNING project, ref, octet_length(body) AS bytes`,
      values: [
        chunk.map(({ place }) => place.project),
        chunk.map(({ blob }) => Buffer.from(blob.ref)),
        chunk.map(({ blob }) => compress(blob.bytes)),
      ],
    });
    for (const { project, ref, bytes } of rows) added.set(keyOf(project, ref), bytes);
  }
  return added;
}

/** Notes which runs need which blobs. */
export async function insertBlobRuns(
  client: PoolClient,
  refs: readonly { place: RunPlace; ref: BlobRef }[],
): Promise<void> {
  if (refs.length === 0) return;
  await client.query({
    name: 'insert-blob-runs',
    text: `INSERT INTO spantail.blob_runs (project, trace_id, ref)
           SELECT * FROM unnest($1::integer[], $2::uuid[], $3::bytea[]) ON CONFLICT DO NOTHING`,
    values: [
      refs.map(({ place }) => place.project),
      refs.map(({ place }) => place.traceId),
      refs.map(({ ref }) => Buffer.from(ref)),
    ],
  });
}

/** In the order of `refs`. */
export async function readBlobs(
  connection: Connection,
  project: number,
  refs: readonly BlobRef[],
): Promise<(Uint8Array | undefined)[]> {
  const found = new Map<string, Uint8Array>();
  for (let at = 0; at < refs.length; at += READ_BLOBS) {
    const rows = await connection.query<{ ref: Buffer; body: Buffer }>(
      'SELECT ref, body FROM spantail.blobs WHERE project = $1 AND ref = ANY ($2::bytea[])',
      [project, refs.slice(at, at + READ_BLOBS).map((ref) => Buffer.from(ref))],
      'blobs',
    );
    for (const { ref, body } of rows) found.set(toHex(ref), new Uint8Array(decompress(body)));
  }
  return refs.map((ref) => found.get(toHex(ref)));
}

export function keyOf(project: number, ref: Uint8Array): string {
  return `${project}/${toHex(ref)}`;
}
