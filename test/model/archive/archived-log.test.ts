import { SpantailError, comparePositions } from '@spantail/protocol';
import { ArchivedLog, type Archive, type EventLog, type StreamName } from 'spantail';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSqliteLog } from '../../../server/src/log/sqlite/sqlite-log.ts';
import { batchOf, newStream } from '../../contract/event-log/harness.ts';
import { archiveEntries } from '../../support/archive-entries.ts';
import { eventually } from '../../support/eventually.ts';
import { seededRandom } from '../../support/generate-run.ts';
import { MemoryArchive } from '../../support/memory-archive.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));
const WALKS = 60;
const STEPS = 80;

/** Does something before and after every call, as others would in the meantime. */
function disturbed<T extends object>(target: T, disturb: () => Promise<void>): T {
  return new Proxy(target, {
    get(object, name) {
      const value: unknown = Reflect.get(object, name);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        await disturb();
        const result: unknown = await value.apply(object, args);
        await disturb();
        return result;
      };
    },
  });
}

class Walk {
  readonly #log: EventLog;
  readonly #archive = new MemoryArchive();
  readonly #stream: StreamName = newStream();
  readonly #random: () => number;
  readonly #watched: ArchivedLog;
  /** All that was ever appended. */
  readonly #history: string[] = [];
  readonly #places: number[] = [0, 0, 0, 0];
  #number = 0;
  #busy = false;
  #lives = 0;
  trims = 0;
  crossings = 0;

  constructor(log: EventLog, random: () => number) {
    this.#log = log;
    this.#random = random;
    const disturb = async (): Promise<void> => {
      if (this.#busy || this.#below(3) > 0) return;
      this.#busy = true;
      for (let i = this.#below(6); i >= 0; i--) await this.#change();
      this.#busy = false;
    };
    const archive: Archive = disturbed(this.#archive, disturb);
    this.#watched = new ArchivedLog(disturbed(log, disturb), archive);
  }

  get lives(): number {
    return this.#lives;
  }

  async step(): Promise<void> {
    if (this.#below(3) === 0) await this.#change();
    else await this.#look();
  }

  /** Every viewer gets to the end, page by page. */
  async finish(): Promise<void> {
    this.#busy = true;
    for (const viewer of this.#places.keys())
      while (this.#places[viewer] !== this.#history.length) await this.#read(viewer);
    const tail = await this.#watched.tail(this.#stream);
    expect(tail?.last).toBe(this.#history.at(-1));
    expect(tail?.first).toBe('0-0');
  }

  async #change(): Promise<void> {
    const dice = this.#below(10);
    if (dice < 4) return this.#append();
    if (dice < 7) {
      await archiveEntries(this.#log, this.#archive, this.#stream, 1 + this.#below(4));
      return;
    }
    const archived = await this.#archive.position(this.#stream);
    if (archived === undefined) return;
    if (dice < 9) {
      await this.#log.trim(this.#stream, archived.position);
      this.trims++;
      return;
    }
    // Let go only when all of it is archived.
    if (!(await this.#log.expire(this.#stream, 1, archived.position))) return;
    await eventually(
      async () =>
        (await this.#log.tail(this.#stream)) === undefined &&
        Date.now() > Number(archived.position.split('-')[0]),
      'the hot stream is gone',
    );
    this.#lives++;
  }

  async #append(): Promise<void> {
    for (let i = 1 + this.#below(3); i > 0; i--) {
      const { position } = await this.#log.append(batchOf(this.#stream, ++this.#number));
      this.#history.push(position);
    }
  }

  async #look(): Promise<void> {
    const dice = this.#below(8);
    if (dice === 0) return this.#prove();
    if (dice === 1) {
      // Somebody comes anew, or with an old cursor.
      this.#places[this.#below(this.#places.length)] = this.#below(this.#history.length + 1);
    }
    await this.#read(this.#below(this.#places.length));
  }

  async #read(viewer: number): Promise<void> {
    const place = this.#places[viewer] ?? 0;
    const after = this.#history[place - 1] ?? '0-0';
    const known = this.#history.length;
    const until = this.#below(3) === 0 ? this.#history[place + this.#below(6)] : undefined;
    const maxEntries = 1 + this.#below(9);
    const options = { after, maxEntries, maxBytes: 1 + this.#below(80) };
    const entries = await this.#watched.read(this.#stream, {
      ...options,
      ...(until === undefined ? {} : { until }),
    });
    const positions = entries.map(({ position }) => position);
    expect(positions).toEqual(this.#history.slice(place, place + positions.length));
    const bytes = entries.reduce((sum, { events }) => sum + events.byteLength, 0);
    const end = until === undefined ? known : Math.min(known, this.#history.indexOf(until) + 1);
    // Shorter than a bound allows only where it reached the end.
    if (positions.length < maxEntries && bytes < options.maxBytes)
      expect(place + positions.length).toBeGreaterThanOrEqual(end);
    for (const position of positions)
      if (until !== undefined) expect(comparePositions(position, until)).toBeLessThanOrEqual(0);
    if (positions.length > 1) this.crossings++;
    this.#places[viewer] = place + positions.length;
  }

  /** Every entry that ever was can be resumed behind, with the same check. */
  async #prove(): Promise<void> {
    const position = this.#history[this.#below(this.#history.length)];
    if (position === undefined) return;
    const entry = await this.#watched.entry(this.#stream, position);
    expect(entry?.position).toBe(position);
    expect(entry?.check).toMatch(/^[0-9a-f]{8}$/);
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}

describe('the log with an archive behind it', () => {
  it(`[REC1, REC2] is one history at any moment of archiving and letting go (SEED=${SEED})`, async () => {
    const log = await openSqliteLog({ file: ':memory:' });
    onTestFinished(() => log.close());
    let [lives, trims, crossings] = [0, 0, 0];
    for (let run = 0; run < WALKS; run++) {
      const walk = new Walk(log, seededRandom(SEED + run));
      for (let step = 0; step < STEPS; step++) await walk.step();
      await walk.finish();
      lives += walk.lives;
      trims += walk.trims;
      crossings += walk.crossings;
    }
    expect(lives).toBeGreaterThan(10);
    expect(trims).toBeGreaterThan(10);
    expect(crossings).toBeGreaterThan(100);
  });

  it('[REC1] leaves no hole where a run goes on and is archived between two questions', async () => {
    const log = await openSqliteLog({ file: ':memory:' });
    onTestFinished(() => log.close());
    const archive = new MemoryArchive();
    const stream = newStream();
    const { position: first } = await log.append(batchOf(stream, 1));
    await archiveEntries(log, archive, stream, 1);
    await log.expire(stream, 1);
    await eventually(
      async () =>
        (await log.tail(stream)) === undefined && Date.now() > Number(first.split('-')[0]),
      'the hot stream is gone',
    );
    const history: string[] = [];
    /** Once nothing was found behind the first entry, there is much, and the log has let it go. */
    const late = new Proxy(archive, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          const result: unknown = await value.apply(target, args);
          if (name !== 'read' || history.length > 0) return result;
          for (let number = 2; number <= 7; number++)
            history.push((await log.append(batchOf(stream, number))).position);
          await archiveEntries(log, archive, stream, 4);
          await log.trim(stream, history[3] ?? '');
          return result;
        };
      },
    });
    const watched = new ArchivedLog(log, late);
    const entries = await watched.read(stream, { after: first, maxEntries: 100, maxBytes: 1e6 });
    expect(entries.map(({ position }) => position)).toEqual(history);
  });

  it('[REC2] needs the archive only for what the log has let go', async () => {
    const log = await openSqliteLog({ file: ':memory:' });
    onTestFinished(() => log.close());
    const archive = new MemoryArchive();
    const away = new Proxy(archive, {
      get: (target, name) =>
        typeof Reflect.get(target, name) === 'function'
          ? () => Promise.reject(new SpantailError('ARCHIVE_UNAVAILABLE', 'away'))
          : Reflect.get(target, name),
    });
    const watched = new ArchivedLog(log, away);
    const stream = newStream();
    const positions = [];
    for (let number = 1; number <= 6; number++)
      positions.push((await log.append(batchOf(stream, number))).position);
    const read = async (after: string): Promise<string[]> =>
      (await watched.read(stream, { after, maxEntries: 100, maxBytes: 1e6 })).map(
        ({ position }) => position,
      );
    expect(await read('0-0')).toEqual(positions);
    await archiveEntries(log, archive, stream, 4);
    await log.trim(stream, positions[3] ?? '');
    expect(await read(positions[3] ?? '')).toEqual(positions.slice(4));
    expect(await watched.tail(stream)).toMatchObject({ first: '0-0', last: positions[5] });
    await expect(read('0-0')).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    await expect(read(positions[1] ?? '')).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  });

  it('[REC6] has another epoch when a run that was let go goes on', async () => {
    const log = await openSqliteLog({ file: ':memory:' });
    onTestFinished(() => log.close());
    const archive = new MemoryArchive();
    const watched = new ArchivedLog(log, archive);
    const stream = newStream();
    const { position: first } = await log.append(batchOf(stream, 1));
    await archiveEntries(log, archive, stream, 1);
    const before = await watched.tail(stream);
    await log.expire(stream, 1);
    await eventually(
      async () =>
        (await log.tail(stream)) === undefined && Date.now() > Number(first.split('-')[0]),
      'the hot stream is gone',
    );
    expect(await watched.tail(stream)).toEqual(before);
    const { position: second } = await log.append(batchOf(stream, 2));
    const after = await watched.tail(stream);
    expect(after).toMatchObject({ first: '0-0', last: second });
    expect(after?.epoch).not.toBe(before?.epoch);
    const whole = { after: '0-0', maxEntries: 100, maxBytes: 1e6 };
    const positions = (await watched.read(stream, whole)).map(({ position }) => position);
    expect(positions).toEqual([first, second]);
  });
});
