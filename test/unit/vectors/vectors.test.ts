import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  RunTree,
  SpantailError,
  advanceCursor,
  buildPayload,
  decodeEvent,
  decodeIngestRequest,
  decodeIngestResponse,
  decodeRenewal,
  decodeRunSummary,
  decodeServerMessage,
  encodeEvent,
  encodeIngestRequest,
  encodeIngestResponse,
  encodeRenewal,
  encodeRunSummary,
  encodeServerMessage,
  formatCursor,
  loadPayload,
  parseCursor,
  parseTraceparent,
  streamTag,
  toHex,
  treeToJson,
  type Blob,
  type CursorParts,
  type IngestRequest,
  type IngestResponse,
  type RenewalRequest,
  type Payload,
  type RunSummary,
  type ServerMessage,
  type TraceEvent,
} from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { vectorFiles } from '../../../scripts/vectors/files.ts';
import {
  fromPlain,
  type VectorCase,
  type VectorFile,
} from '../../../scripts/vectors/vector-file.ts';
import { BlobStore } from '../../support/codec/blob-store.ts';
import { hashBlob } from '../../support/codec/hash-blob.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'vectors');

function casesOf<T>(file: string): (VectorCase & T)[] {
  const { cases } = fromPlain(JSON.parse(readFileSync(join(FOLDER, file), 'utf8'))) as VectorFile;
  return cases as (VectorCase & T)[];
}

/** Runs a file's cases, each under a title that quotes its rule. */
function run<T>(
  file: string,
  cases: (VectorCase & T)[],
  check: (one: VectorCase & T) => void | Promise<void>,
): void {
  describe(file, () => {
    it.each(cases)('[$rule] $name (%#)', check);
  });
}

describe('the vector files', () => {
  const files = vectorFiles();

  it.each([...files.keys()])('%s is current (npm run vectors)', (name) => {
    expect(readFileSync(join(FOLDER, name), 'utf8') === files.get(name)).toBe(true);
  });

  it('are the ones there are, and name rules of PROTOCOL.md', () => {
    const present = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
    expect(present.toSorted()).toEqual([...files.keys()].toSorted());
    const document = readFileSync(join(FOLDER, '..', '..', 'PROTOCOL.md'), 'utf8');
    for (const name of files.keys())
      for (const { rule } of casesOf(name)) expect(document).toContain(`**[${rule}]**`);
  });
});

interface EventCase {
  hex: Uint8Array;
  value: unknown;
  readOnly?: true;
  kind?: 'run';
}
run('events.json', casesOf<EventCase>('events.json'), ({ hex, value, readOnly, kind }) => {
  const decode = kind === 'run' ? decodeRunSummary : decodeEvent;
  expect(decode(hex)).toEqual(value);
  if (readOnly === true) return;
  const encoded =
    kind === 'run' ? encodeRunSummary(value as RunSummary) : encodeEvent(value as TraceEvent);
  expect(decode(encoded)).toEqual(value);
});

run(
  'invalid-events.json',
  casesOf<{ hex: Uint8Array; code: string; field?: string }>('invalid-events.json'),
  ({ hex, code, field }) => {
    const error = thrownBy(() => decodeEvent(hex));
    expect(error.code).toBe(code);
    if (field !== undefined) expect(error.message).toContain(`event.${field} `);
  },
);

run(
  'payloads.json',
  casesOf<{ value: unknown; payload: Payload; blobs: Blob[] }>('payloads.json'),
  async ({ value, payload, blobs }) => {
    const built = buildPayload(value, hashBlob);
    expect(built.payload).toEqual(payload);
    const refs = (some: Blob[]): string[] => some.map(({ ref }) => toHex(ref)).toSorted();
    expect(refs(built.blobs)).toEqual(refs(blobs));
    const store = new BlobStore();
    store.add(blobs);
    for (const { ref, bytes } of blobs) expect(hashBlob(bytes)).toEqual(ref);
    expect(await loadPayload(payload, store.load)).toEqual(value);
    const event = { type: 'open', spanId: '1'.repeat(16), name: '', spanType: 'step' } as const;
    const carried = decodeEvent(encodeEvent({ ...event, startUs: 0, input: payload }));
    expect(carried.type === 'open' && carried.input).toEqual(payload);
  },
);

interface CursorCase {
  text?: string;
  parts?: CursorParts | null;
  from?: string;
  count?: number;
  to?: string;
  streamId?: string;
  tag?: string;
}
run(
  'cursors.json',
  casesOf<CursorCase>('cursors.json'),
  ({ text, parts, from, count, to, streamId, tag }) => {
    expect.hasAssertions();
    if (text !== undefined) {
      expect(parseCursor(text) ?? null).toEqual(parts);
      if (parts !== null && parts !== undefined) expect(formatCursor(parts)).toBe(text);
    }
    if (from !== undefined) expect(advanceCursor(from, count ?? 0)).toBe(to);
    if (streamId !== undefined) expect(streamTag(streamId)).toBe(tag);
  },
);

run(
  'server-messages.json',
  casesOf<{ hex: Uint8Array; value: ServerMessage }>('server-messages.json'),
  ({ hex, value }) => {
    expect(decodeServerMessage(hex)).toEqual(value);
    expect(decodeServerMessage(encodeServerMessage(value))).toEqual(value);
  },
);

interface IngestCase {
  kind: 'request' | 'response' | 'renewal' | 'refused';
  hex: Uint8Array;
  value: unknown;
  code: string;
  path: string;
}
run('ingest.json', casesOf<IngestCase>('ingest.json'), ({ kind, hex, value, code, path }) => {
  if (kind === 'response') {
    expect(decodeIngestResponse(hex)).toEqual(value);
    expect(decodeIngestResponse(encodeIngestResponse(value as IngestResponse))).toEqual(value);
  } else if (kind === 'renewal') {
    expect(decodeRenewal(hex)).toEqual(value);
    expect(decodeRenewal(encodeRenewal(value as RenewalRequest))).toEqual(value);
  } else if (kind === 'request') {
    expect(decodeIngestRequest(hex, hashBlob)).toEqual(value);
    const encoded = encodeIngestRequest(value as IngestRequest);
    expect(decodeIngestRequest(encoded, hashBlob)).toEqual(value);
  } else {
    const [batch] = decodeIngestRequest(hex, hashBlob).batches;
    expect(batch).toMatchObject({ outcome: 'refused', code });
    expect(batch).toHaveProperty('message', expect.stringContaining(path));
  }
});

run(
  'traceparent.json',
  casesOf<{ text: string; context: unknown }>('traceparent.json'),
  ({ text, context }) => {
    expect(parseTraceparent(text) ?? null).toEqual(context);
  },
);

run(
  'trees.json',
  casesOf<{ rule: string; events: TraceEvent[]; tree: unknown }>('trees.json'),
  ({ rule, events, tree }) => {
    const fold = (some: TraceEvent[]): unknown => {
      const run = new RunTree('4bf92f3577b34da6a3ce929d0e0e4736');
      for (const event of some) run.apply(event);
      return JSON.parse(JSON.stringify(treeToJson(run)));
    };
    expect(fold(events)).toEqual(tree);
    // As objects of their own: a repeat comes from another decoding.
    const again = structuredClone(events);
    // Drops are counted for each event that says so, and a repeat is the same event.
    expect(fold([...events, ...again])).toEqual(tree);
    if (rule !== 'TR4') expect(fold([...again, ...events].toReversed())).toEqual(tree);
  },
);

function thrownBy(run: () => unknown): SpantailError {
  try {
    run();
  } catch (error) {
    if (error instanceof SpantailError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
