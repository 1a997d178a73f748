import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { comparePositions, encodeEventArray } from '@spantail/protocol';
import type { Archive, LogEntry } from 'spantail';
import { seededRandom } from '../../support/generate-run.ts';
import { ARCHIVES } from './archives.ts';
import { WHOLE, commitOf, entryOf, newTrace, streamOf } from './samples.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));
const SIZES = [1, 30, 900, 9_000, 70_000, 300_000];

/** Commits entries of all sizes in portions of all sizes; the entries. */
async function fill(archive: Archive, trace: string, random: () => number): Promise<LogEntry[]> {
  const all: LogEntry[] = [];
  let ms = 1_000;
  let expected: { epoch: string; position: string } | undefined;
  for (let portion = 0; portion < 60; portion++) {
    const entries = Array.from({ length: 1 + Math.floor(6 * random() ** 3) }, () => {
      const seq = random() < 0.5 ? 1 + Number(all.at(-1)?.position.split('-')[1] ?? 0) : 0;
      if (seq === 0) ms += 1 + Math.floor(20 * random());
      const bytes = SIZES[Math.floor(SIZES.length * random() ** 3)] ?? 1;
      const entry = entryOf(`${ms}-${seq}`, {
        producer: `producer-${Math.floor(3 * random())}`,
        number: all.length + 1,
        fin: random() < 0.2,
        count: 2,
        events: encodeEventArray([randomBytes(bytes), Buffer.alloc(bytes)]),
        blobRefs: random() < 0.3 ? [new Uint8Array(randomBytes(16))] : [],
        ...(random() < 0.1 ? { end: 'quiet' as const } : {}),
      });
      all.push(entry);
      return entry;
    });
    const commit = commitOf(trace, entries, { expected, ended: random() < 0.2 });
    expect(await archive.commit([commit])).toEqual(['committed']);
    expected = commit.position;
  }
  return all;
}

describe.each(ARCHIVES)(`the archived log of $name (SEED=${SEED})`, ({ open }) => {
  it('reads what was committed, from anywhere, within every bound', async () => {
    const random = seededRandom(SEED);
    const archive = await open();
    const [trace, other] = [newTrace(), newTrace()];
    const entries = await fill(archive, trace, random);
    await fill(archive, other, random);
    const stream = streamOf(trace);
    expect(await archive.read(stream, WHOLE)).toEqual(entries);
    const anyPlace = (): string => {
      const { position } = entries[Math.floor(entries.length * random())] as LogEntry;
      const [ms = '0', seq = '0'] = position.split('-');
      const place = random();
      if (place < 0.1) return '0-0';
      return place < 0.7 ? position : `${Number(ms) + (place < 0.8 ? 1 : 0)}-${Number(seq) + 1}`;
    };
    for (let i = 0; i < 100; i++) {
      const after = anyPlace();
      const until = random() < 0.5 ? anyPlace() : undefined;
      const maxEntries = 1 + Math.floor(30 * random());
      const maxBytes = 1 + Math.floor(500_000 * random() ** 3);
      const wanted: LogEntry[] = [];
      let bytes = 0;
      for (const entry of entries) {
        if (comparePositions(entry.position, after) <= 0) continue;
        if (until !== undefined && comparePositions(entry.position, until) > 0) break;
        if (wanted.length >= maxEntries || bytes >= maxBytes) break;
        wanted.push(entry);
        bytes += entry.events.byteLength;
      }
      const options = { after, maxEntries, maxBytes, ...(until === undefined ? {} : { until }) };
      expect(await archive.read(stream, options), JSON.stringify(options)).toEqual(wanted);
    }
  });

  it('finds the entry at a position, and the position at a time', async () => {
    const random = seededRandom(SEED);
    const archive = await open();
    const trace = newTrace();
    const stream = streamOf(trace);
    const entries = await fill(archive, trace, random);
    const times = new Set<number>([0, Number.MAX_SAFE_INTEGER]);
    for (const entry of entries.filter(() => random() < 0.3)) {
      expect(await archive.entry(stream, entry.position)).toEqual(entry);
      const ms = Number(entry.position.split('-')[0]);
      for (const time of [ms - 1, ms, ms + 1]) times.add(time);
    }
    for (const nowhere of ['0-0', '999-0', `${entries[0]?.position}9`, '9999999999999-0'])
      expect(await archive.entry(stream, nowhere)).toBeUndefined();
    for (const time of times) {
      const wanted = entries.findLast(({ position }) => Number(position.split('-')[0]) <= time);
      expect(await archive.positionAt(stream, time), `at ${time}`).toBe(wanted?.position);
    }
  });

  it('tells where it stands, with the epoch of the newest entry', async () => {
    const archive = await open();
    const trace = newTrace();
    const first = commitOf(trace, [entryOf('5-0'), entryOf('5-1', { end: 'finished' })]);
    const again = commitOf(trace, [entryOf('9-0')], {
      expected: first.position,
      position: { epoch: 'e2', position: '9-0' },
      ended: false,
    });
    await archive.commit([first]);
    expect(await archive.tail(streamOf(trace))).toEqual({ epoch: 'e1', first: '0-0', last: '5-1' });
    await archive.commit([again]);
    expect(await archive.tail(streamOf(trace))).toEqual({ epoch: 'e2', first: '0-0', last: '9-0' });
    const entries = await archive.read(streamOf(trace), WHOLE);
    expect(entries).toEqual([...first.entries, ...again.entries]);
  });

  it('takes a commit without entries', async () => {
    const archive = await open();
    const trace = newTrace();
    const first = commitOf(trace, [entryOf('5-0')]);
    const more = commitOf(trace, [], { expected: first.position, position: first.position });
    expect(await archive.commit([first, more])).toEqual(['committed', 'committed']);
    expect(await archive.read(streamOf(trace), WHOLE)).toEqual(first.entries);
  });
});
