import {
  comparePositions,
  matchesRun,
  matchesSpan,
  toHex,
  type BlobRef,
  type PageKey,
  type RunRow,
  type SpanRow,
  type TraceId,
} from '@spantail/protocol';
import type {
  Archive,
  ArchivePosition,
  CommitOutcome,
  LogEntry,
  Page,
  PageQuery,
  ReadOptions,
  RunCommit,
  RunSize,
  StatsQuery,
  StatsRow,
  StreamName,
  StreamTail,
} from 'spantail';
import { pageOf } from './memory-archive/page.ts';
import { statsOf } from './memory-archive/stats.ts';

interface KeptRun {
  project: string;
  traceId: TraceId;
  position: ArchivePosition;
  entries: LogEntry[];
  row: RunRow;
  spans: Map<string, { row: SpanRow; searchText: string }>;
  refs: Set<string>;
  ended: boolean;
}

/**
 * The archive's interface in memory, by the plainest means there are: every query looks at every
 * row. What the stores are compared with.
 */
export class MemoryArchive implements Archive {
  readonly #runs = new Map<string, KeptRun>();
  /** By project and hash. */
  readonly #blobs = new Map<string, Uint8Array>();

  commit(commits: RunCommit[]): Promise<CommitOutcome[]> {
    return Promise.resolve(commits.map((commit) => this.#commit(commit)));
  }

  #commit(commit: RunCommit): CommitOutcome {
    const { project, streamId, expected, position, entries, blobs, run, spans, ended } = commit;
    const kept = this.#runs.get(keyOf(commit));
    if (!samePosition(kept?.position, expected)) return 'conflict';
    const next: KeptRun = kept ?? {
      project,
      traceId: streamId,
      position,
      entries: [],
      row: run,
      spans: new Map(),
      refs: new Set(),
      ended,
    };
    Object.assign(next, { position, row: structuredClone(run), ended });
    next.entries.push(...entries);
    for (const span of spans) next.spans.set(span.row.spanId, structuredClone(span));
    for (const { ref, bytes } of blobs) {
      next.refs.add(toHex(ref));
      this.#blobs.set(`${project}/${toHex(ref)}`, bytes);
    }
    this.#runs.set(keyOf(commit), next);
    return 'committed';
  }

  position(stream: StreamName): Promise<ArchivePosition | undefined> {
    return Promise.resolve(this.#runs.get(keyOf(stream))?.position);
  }

  tail(stream: StreamName): Promise<StreamTail | undefined> {
    const kept = this.#runs.get(keyOf(stream));
    if (kept === undefined) return Promise.resolve(undefined);
    const { epoch, position } = kept.position;
    return Promise.resolve({ epoch, first: '0-0', last: position });
  }

  read(stream: StreamName, options: ReadOptions): Promise<LogEntry[]> {
    const { after, until, maxEntries, maxBytes } = options;
    const found: LogEntry[] = [];
    let bytes = 0;
    for (const entry of this.#runs.get(keyOf(stream))?.entries ?? []) {
      if (comparePositions(entry.position, after) <= 0) continue;
      if (until !== undefined && comparePositions(entry.position, until) > 0) break;
      if (found.length >= maxEntries || bytes >= maxBytes) break;
      found.push(entry);
      bytes += entry.events.byteLength;
    }
    return Promise.resolve(found);
  }

  entry(stream: StreamName, position: string): Promise<LogEntry | undefined> {
    const entries = this.#runs.get(keyOf(stream))?.entries;
    return Promise.resolve(entries?.find((entry) => entry.position === position));
  }

  positionAt(stream: StreamName, timeMs: number): Promise<string | undefined> {
    const entries = this.#runs.get(keyOf(stream))?.entries;
    return Promise.resolve(
      entries?.findLast(({ position }) => Number(position.split('-')[0]) <= timeMs)?.position,
    );
  }

  getBlobs(project: string, refs: BlobRef[]): Promise<(Uint8Array | undefined)[]> {
    return Promise.resolve(refs.map((ref) => this.#blobs.get(`${project}/${toHex(ref)}`)));
  }

  run(stream: StreamName): Promise<RunRow | undefined> {
    return Promise.resolve(this.#runs.get(keyOf(stream))?.row);
  }

  runs(query: PageQuery<'run'>): Promise<Page<RunRow>> {
    const { filter } = query;
    const rows = this.#runsOf(query.project)
      .filter(({ row, spans }) => {
        const texts = [...spans.values()].map(({ searchText }) => searchText);
        return filter === undefined || matchesRun(filter, row, texts);
      })
      .map(({ row }) => row);
    return Promise.resolve(pageOf(rows, query));
  }

  spans(query: PageQuery<'span'>): Promise<Page<SpanRow>> {
    const { filter } = query;
    const rows = this.#runsOf(query.project)
      .flatMap(({ spans }) => [...spans.values()])
      .filter(({ row, searchText }) => filter === undefined || matchesSpan(filter, row, searchText))
      .map(({ row }) => row);
    return Promise.resolve(pageOf(rows, query));
  }

  runSpans(stream: StreamName, limit: number, after?: PageKey): Promise<Page<SpanRow>> {
    const rows = [...(this.#runs.get(keyOf(stream))?.spans.values() ?? [])].map(({ row }) => row);
    const order = { sort: 'start', descending: false, limit } as const;
    return Promise.resolve(pageOf(rows, after === undefined ? order : { ...order, after }));
  }

  path(stream: StreamName, spanId: string): Promise<SpanRow[]> {
    const spans = this.#runs.get(keyOf(stream))?.spans;
    const path = new Set<SpanRow>();
    let row = spans?.get(spanId)?.row;
    // Parents may go round in a circle; each span is named once.
    while (row !== undefined && !path.has(row)) {
      path.add(row);
      row = row.parentSpanId === undefined ? undefined : spans?.get(row.parentSpanId)?.row;
    }
    return Promise.resolve([...path]);
  }

  stats(query: StatsQuery): Promise<StatsRow[]> {
    const { filter } = query;
    const spans = this.#runsOf(query.project).flatMap(({ row: run, spans }) =>
      [...spans.values()]
        .filter(
          ({ row, searchText }) => filter === undefined || matchesSpan(filter, row, searchText),
        )
        .map(({ row }) => ({ row, run })),
    );
    return Promise.resolve(statsOf(spans, query));
  }

  oldest(project: string, limit: number, beforeUs?: number): Promise<RunSize[]> {
    const sizes = this.#runsOf(project)
      .filter(({ ended }) => ended)
      .map((kept) => ({
        traceId: kept.traceId,
        endUs: kept.row.endUs ?? kept.row.lastActivityUs,
        bytes: this.#bytesOf(kept),
      }))
      .filter(({ endUs }) => beforeUs === undefined || endUs < beforeUs);
    return Promise.resolve(sizes.sort((a, b) => a.endUs - b.endUs).slice(0, limit));
  }

  remove(project: string, traceIds: TraceId[]): Promise<number> {
    let removed = 0;
    for (const traceId of traceIds) {
      const key = keyOf({ project, streamId: traceId });
      if (this.#runs.get(key)?.ended === true && this.#runs.delete(key)) removed++;
    }
    const needed = new Set(this.#runsOf(project).flatMap(({ refs }) => [...refs]));
    for (const key of this.#blobs.keys()) {
      const [owner, hash = ''] = key.split('/');
      if (owner === project && !needed.has(hash)) this.#blobs.delete(key);
    }
    return Promise.resolve(removed);
  }

  size(project: string): Promise<number> {
    const bytes = this.#runsOf(project).reduce((sum, kept) => sum + this.#bytesOf(kept), 0);
    return Promise.resolve(bytes);
  }

  projects(): Promise<string[]> {
    const names = new Set([...this.#runs.values()].map(({ project }) => project));
    return Promise.resolve([...names].sort());
  }

  probe(): Promise<number> {
    return Promise.resolve(0);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #runsOf(project: string): KeptRun[] {
    return [...this.#runs.values()].filter((run) => run.project === project);
  }

  #bytesOf({ project, entries, refs }: KeptRun): number {
    const events = entries.reduce((sum, entry) => sum + entry.events.byteLength, 0);
    const blobs = [...refs].map((hash) => this.#blobs.get(`${project}/${hash}`)?.byteLength ?? 0);
    return blobs.reduce((sum, bytes) => sum + bytes, events);
  }
}

function keyOf({ project, streamId }: StreamName): string {
  return `${project}/${streamId}`;
}

function samePosition(a: ArchivePosition | undefined, b: ArchivePosition | undefined): boolean {
  return a?.position === b?.position && a?.epoch === b?.epoch;
}
