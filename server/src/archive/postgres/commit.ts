import type { PoolClient } from 'pg';
import { toHex } from '@spantail/protocol';
import type { ArchivePosition, CommitOutcome, RunCommit } from '../archive.ts';
import { insertBlobRuns, insertBlobs, keyOf } from './blobs.ts';
import { PROJECT_LOCK } from './locks.ts';
import { weekOf, type Partitions } from './partitions.ts';
import { INSERT_RUNS, runColumns, UPDATE_RUNS } from './run-columns.ts';
import { insertSegments, LOOSE_SEGMENTS, mergeSegments, newSegments } from './segments.ts';
import { spanColumns, UPSERT_SPANS, type RunPlace } from './span-columns.ts';
import { storedJson } from './stored-text.ts';

/** Spans written by one statement. */
const SPANS_AT_ONCE = 1_000;

/** A commit and where its run lies. */
interface Placed {
  commit: RunCommit;
  place: RunPlace;
  isNew: boolean;
}

interface KeptRun extends ArchivePosition {
  project: number;
  trace_id: string;
  week: number;
}

/**
 * Does all the commits in the transaction that `client` is in. `again`: an earlier attempt may have
 * been committed with its answer lost; then a run that stands where its commit leads is done.
 *
 * @param projects ids by name
 * @throws MissingPartition before anything is written
 */
export async function commitAll(
  client: PoolClient,
  commits: readonly RunCommit[],
  projects: ReadonlyMap<string, number>,
  partitions: Partitions,
  again: boolean,
): Promise<CommitOutcome[]> {
  const ids = [...new Set(projects.values())].sort((a, b) => a - b);
  for (const id of ids)
    await client.query('SELECT pg_advisory_xact_lock_shared($1, $2)', [PROJECT_LOCK, id]);
  const outcomes: CommitOutcome[] = commits.map(() => 'conflict');
  for (const wave of wavesOf(commits)) {
    const accepted = await takeRuns(client, wave, projects, partitions, again);
    for (const [index, done] of accepted.done) outcomes[index] = done;
    await writeParts(client, accepted.placed);
  }
  return outcomes;
}

/** Commits with their index, no run twice in one wave; a run's own stay in order. */
function wavesOf(commits: readonly RunCommit[]): Map<number, RunCommit>[] {
  const waves: Map<number, RunCommit>[] = [];
  const count = new Map<string, number>();
  for (const [index, commit] of commits.entries()) {
    const key = `${commit.project}/${commit.streamId}`;
    const wave = count.get(key) ?? 0;
    count.set(key, wave + 1);
    (waves[wave] ??= new Map()).set(index, commit);
  }
  return waves;
}

/** Moves the runs' positions, where they stand where they are expected; locks them until the end. */
async function takeRuns(
  client: PoolClient,
  wave: ReadonlyMap<number, RunCommit>,
  projects: ReadonlyMap<string, number>,
  partitions: Partitions,
  again: boolean,
): Promise<{ placed: Placed[]; done: Map<number, CommitOutcome> }> {
  const idOf = ({ project }: RunCommit): number => projects.get(project) ?? 0;
  const all = [...wave.values()];
  const { rows } = await client.query<KeptRun>({
    name: 'lock-runs',
    text: `SELECT r.project, replace(r.trace_id::text, '-', '') AS trace_id, r.week, r.epoch, r.position
           FROM spantail.runs r
           JOIN unnest($1::integer[], $2::uuid[]) AS wanted (project, trace_id)
             ON r.project = wanted.project AND r.trace_id = wanted.trace_id
           ORDER BY r.project, r.trace_id FOR UPDATE OF r`,
    values: [all.map(idOf), all.map(({ streamId }) => streamId)],
  });
  const kept = new Map(rows.map((row) => [`${row.project}/${row.trace_id}`, row]));

  const done = new Map<number, CommitOutcome>();
  const candidates = new Map<number, Placed>();
  for (const [index, commit] of wave) {
    const project = idOf(commit);
    const run = kept.get(`${project}/${commit.streamId}`);
    if (samePosition(run, commit.expected)) {
      const week = run?.week ?? weekOf(commit.entries[0]?.position ?? commit.position.position);
      partitions.require(week);
      const place = { project, traceId: commit.streamId, week };
      candidates.set(index, { commit, place, isNew: run === undefined });
    } else if (again && samePosition(run, commit.position)) done.set(index, 'committed');
  }

  const fresh = [...candidates.values()].filter(({ isNew }) => isNew);
  const made = await insertRuns(client, fresh);
  const placed: Placed[] = [];
  for (const [index, candidate] of candidates) {
    const { project, traceId } = candidate.place;
    if (candidate.isNew && !made.has(`${project}/${traceId}`)) continue;
    done.set(index, 'committed');
    placed.push(candidate);
  }
  await updateRuns(
    client,
    placed.filter(({ isNew }) => !isNew),
  );
  return { placed, done };
}

/** Those that another indexer made in the same moment are not among the answer. */
async function insertRuns(client: PoolClient, runs: Placed[]): Promise<Set<string>> {
  if (runs.length === 0) return new Set();
  const { rows } = await client.query<{ project: number; trace_id: string }>({
    name: 'insert-runs',
    text: INSERT_RUNS,
    values: [storedJson(runs.map(({ place, commit }) => runColumns(place, commit)))],
  });
  return new Set(rows.map(({ project, trace_id }) => `${project}/${trace_id}`));
}

async function updateRuns(client: PoolClient, runs: Placed[]): Promise<void> {
  if (runs.length === 0) return;
  const values = [storedJson(runs.map(({ place, commit }) => runColumns(place, commit)))];
  await client.query({ name: 'update-runs', text: UPDATE_RUNS, values });
}

async function writeParts(client: PoolClient, placed: readonly Placed[]): Promise<void> {
  await writeSpans(client, placed);
  const bytes = new Map<Placed, number>(placed.map((each) => [each, 0]));
  const count = (each: Placed, more: number): void => {
    bytes.set(each, (bytes.get(each) ?? 0) + more);
  };

  const segments = placed.map((each) => newSegments(each.place, each.commit.entries));
  await insertSegments(client, segments.flat());
  for (const [index, each] of placed.entries())
    for (const segment of segments[index] ?? []) count(each, segment.bytes);

  const blobs = placed.flatMap((owner) =>
    owner.commit.blobs.map((blob) => ({ owner, place: owner.place, blob })),
  );
  const added = await insertBlobs(client, blobs);
  for (const { owner, place, blob } of blobs) {
    const key = keyOf(place.project, blob.ref);
    count(owner, added.get(key) ?? 0);
    added.delete(key);
  }
  await insertBlobRuns(client, placed.flatMap(refsOf));

  for (const [index, each] of placed.entries())
    await settle(client, each, bytes.get(each) ?? 0, segments[index]?.length ?? 0);
}

async function writeSpans(client: PoolClient, placed: readonly Placed[]): Promise<void> {
  const rows = placed.flatMap(({ place, commit }) => {
    // One statement cannot write a row twice: the newest counts.
    const newest = new Map(commit.spans.map((span) => [span.row.spanId, span]));
    return [...newest.values()].map((span) => spanColumns(place, span));
  });
  for (let at = 0; at < rows.length; at += SPANS_AT_ONCE)
    await client.query({
      name: 'upsert-spans',
      text: UPSERT_SPANS,
      values: [storedJson(rows.slice(at, at + SPANS_AT_ONCE))],
    });
}

/** The blobs that came, and those the entries say came with them. */
function refsOf({ place, commit }: Placed) {
  const refs = new Map(commit.blobs.map(({ ref }) => [toHex(ref), ref]));
  for (const { blobRefs } of commit.entries) for (const ref of blobRefs) refs.set(toHex(ref), ref);
  return [...refs.values()].map((ref) => ({ place, ref }));
}

/** Counts what came, and merges small segments: when there are many, and when the run is over. */
async function settle(
  client: PoolClient,
  { place, commit }: Placed,
  addedBytes: number,
  addedSegments: number,
): Promise<void> {
  const { project, traceId, week } = place;
  const { rows } = await client.query<{ loose: number }>({
    name: 'count-run',
    text: `UPDATE spantail.runs SET bytes = bytes + $3, loose = loose + $4
           WHERE project = $1 AND trace_id = $2 RETURNING loose`,
    values: [project, traceId, addedBytes, addedSegments],
  });
  const loose = rows[0]?.loose ?? 0;
  if (loose < LOOSE_SEGMENTS && !commit.ended) return;
  const merged = loose > 1 ? await mergeSegments(client, place, loose) : { loose, savedBytes: 0 };
  await client.query({
    name: 'settle-run',
    text: `UPDATE spantail.runs SET loose = $3, bytes = bytes - $4 + CASE WHEN $5 THEN (
             SELECT coalesce(sum(pg_column_size(s.*)), 0) FROM spantail.spans s
             WHERE s.project = $1 AND s.trace_id = $2 AND s.week = $6) ELSE 0 END
           WHERE project = $1 AND trace_id = $2`,
    values: [project, traceId, merged.loose, merged.savedBytes, commit.ended, week],
  });
}

function samePosition(a: ArchivePosition | undefined, b: ArchivePosition | undefined): boolean {
  return a?.position === b?.position && a?.epoch === b?.epoch;
}
