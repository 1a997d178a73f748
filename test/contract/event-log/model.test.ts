import type { AppendOptions, AppendRequest, AppendResult, EventLog, StreamName } from 'spantail';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../support/generate-run.ts';
import { batchOf, blobOf, newStream, readAll, type Harness } from './harness.ts';
import { redisHarness } from './redis-harness.ts';
import { sqliteHarness } from './sqlite-harness.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));
const RUNS = 12;
const STEPS = 120;
const KEEP = 40;

const BLOBS = Array.from({ length: 6 }, (_, i) => blobOf(new Uint8Array(100 + i).fill(i)));

/** What a log must answer, written as plainly as possible. */
class Model {
  readonly entries: { request: AppendRequest; position: string }[] = [];
  readonly blobs = new Set<number>();
  readonly newest = new Map<string, { number: number; position: string }>();
  trimmed = 0;

  get last(): string {
    return this.entries.at(-1)?.position ?? '0-0';
  }

  check(request: AppendRequest, options: AppendOptions, result: AppendResult): void {
    const newest = this.newest.get(request.producer);
    if (newest !== undefined && request.number <= newest.number) {
      const position = request.number === newest.number ? newest.position : '';
      expect(result).toMatchObject({ outcome: 'duplicate', position });
    } else if (options.expectLast !== undefined && options.expectLast !== this.last) {
      expect(result).toEqual({ outcome: 'conflict', position: '', missing: [] });
      return;
    } else {
      expect(result.outcome).toBe('appended');
      const { position } = result;
      this.entries.push({ request, position });
      this.newest.set(request.producer, { number: request.number, position });
    }
    for (const blob of request.blobs) this.blobs.add(BLOBS.indexOf(blob));
    const missing = request.refs.filter(
      (ref) => !this.blobs.has(BLOBS.findIndex((blob) => blob.ref === ref)),
    );
    expect(result.missing).toEqual(missing);
  }

  kept(): Model['entries'] {
    return this.entries.slice(this.trimmed);
  }
}

class Walk {
  readonly #log: EventLog;
  readonly #stream: StreamName = newStream();
  readonly #model = new Model();
  readonly #random: () => number;
  readonly #numbers = new Map<string, number>();
  readonly #sent: AppendRequest[] = [];

  constructor(log: EventLog, random: () => number) {
    this.#log = log;
    this.#random = random;
  }

  async step(): Promise<void> {
    const dice = this.#below(10);
    if (dice < 3) await this.#append(this.#next());
    else if (dice < 4 && this.#sent.length > 0) await this.#append(this.#pick(this.#sent));
    else if (dice < 5) await this.#expecting();
    else if (dice < 6) await this.#trim();
    else if (dice < 7) await this.#together();
    else if (dice < 8) await this.#blobs();
    else await this.#read();
  }

  async finish(): Promise<void> {
    const entries = await readAll(this.#log, this.#stream);
    const kept = this.#model.kept();
    expect(entries.map(({ producer, number, position }) => [producer, number, position])).toEqual(
      kept.map(({ request, position }) => [request.producer, request.number, position]),
    );
  }

  async #append(request: AppendRequest, options: AppendOptions = {}): Promise<void> {
    this.#model.check(request, options, await this.#log.append(request, options));
  }

  #next(): AppendRequest {
    const producer = `p${this.#below(3)}`;
    const number = (this.#numbers.get(producer) ?? 0) + 1 + (this.#below(5) === 0 ? 3 : 0);
    this.#numbers.set(producer, number);
    const request = batchOf(this.#stream, number, {
      producer,
      events: Array.from({ length: this.#below(4) }, () => new Uint8Array(this.#below(400))),
      blobs: BLOBS.filter(() => this.#below(8) === 0),
      refs: BLOBS.filter(() => this.#below(3) === 0).map((blob) => blob.ref),
    });
    this.#sent.push(request);
    return request;
  }

  async #expecting(): Promise<void> {
    const places = ['0-0', '1-1', this.#model.last, this.#model.last, ...this.#positions()];
    await this.#append(this.#next(), { expectLast: this.#pick(places) });
  }

  /** "About" is the log's to decide: what it kept is taken over, within bounds. */
  async #trim(): Promise<void> {
    await this.#append(this.#next(), { maxEntries: KEEP });
    const before = this.#model.kept().length;
    const left = (await readAll(this.#log, this.#stream)).length;
    expect(left).toBeGreaterThanOrEqual(Math.min(before, KEEP));
    expect(left).toBeLessThanOrEqual(before);
    this.#model.trimmed += before - left;
  }

  /** Several producers at once, some with batches sent again: the order between them is free. */
  async #together(): Promise<void> {
    const requests = Array.from({ length: 2 + this.#below(8) }, () => this.#next());
    requests.push(...requests.filter(() => this.#below(3) === 0));
    const results = await Promise.all(requests.map((request) => this.#log.append(request)));
    const inOrder = requests.map((request, i) => ({ request, result: results[i] as AppendResult }));
    const known = this.#model.entries.length - this.#model.trimmed;
    const news = (await readAll(this.#log, this.#stream)).slice(known);
    for (const { producer, number } of news) {
      const at = inOrder.findIndex(
        ({ request }) => request.producer === producer && request.number === number,
      );
      const [next] = inOrder.splice(at, 1);
      if (next === undefined) throw new Error(`nobody sent ${producer} ${number}`);
      const { request, result } = next;
      expect(result.outcome).toBe('appended');
      const { position } = result;
      const before = this.#model.newest.get(producer)?.number ?? 0;
      expect(number).toBeGreaterThan(before);
      this.#model.entries.push({ request, position });
      this.#model.newest.set(producer, { number, position });
      for (const blob of request.blobs) this.#model.blobs.add(BLOBS.indexOf(blob));
    }
    for (const { result } of inOrder) expect(result.outcome).toBe('duplicate');
  }

  async #blobs(): Promise<void> {
    const put = BLOBS.filter(() => this.#below(8) === 0);
    await this.#log.putBlobs(this.#stream, put);
    for (const blob of put) this.#model.blobs.add(BLOBS.indexOf(blob));
    const found = await this.#log.getBlobs(
      this.#stream,
      BLOBS.map((blob) => blob.ref),
    );
    expect(found).toEqual(
      BLOBS.map((blob, i) => (this.#model.blobs.has(i) ? blob.bytes : undefined)),
    );
  }

  async #read(): Promise<void> {
    const kept = this.#model.kept();
    const tail = await this.#log.tail(this.#stream);
    if (kept.length === 0) expect(tail).toBeUndefined();
    else {
      const first = this.#model.trimmed === 0 ? '0-0' : kept[0]?.position;
      expect(tail).toMatchObject({ first, last: this.#model.last });
    }
    const positions = ['0-0', ...this.#positions()];
    const after = this.#pick(positions);
    const until = this.#below(2) === 0 ? undefined : this.#pick(positions);
    const [maxEntries, maxBytes] = [1 + this.#below(60), 1 + this.#below(6_000)];
    const from = kept.findIndex(({ position }) => position === after) + 1;
    const to = until === undefined ? kept.length : kept.findIndex((e) => e.position === until) + 1;
    const bounds = { after, maxEntries, maxBytes, ...(until === undefined ? {} : { until }) };
    const entries = await this.#log.read(this.#stream, bounds);
    const most = kept.slice(from, Math.max(from, to)).slice(0, maxEntries);
    expect(entries.map(({ position }) => position)).toEqual(
      most.slice(0, entries.length).map(({ position }) => position),
    );
    const bytes = entries.map((entry) => entry.events.byteLength);
    const sum = (sizes: number[]): number => sizes.reduce((a, b) => a + b, 0);
    if (entries.length < most.length) expect(sum(bytes)).toBeGreaterThanOrEqual(maxBytes);
    expect(sum(bytes.slice(0, -1))).toBeLessThan(maxBytes);
  }

  #positions(): string[] {
    return this.#model.kept().map(({ position }) => position);
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#below(items.length)] as T;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}

function register(name: string, harness: Harness): void {
  describe(name, () => {
    it(`[LOG1, LOG2, LOG4, LOG5, LOG6, LOG14] answers like a naive model (SEED=${SEED})`, async () => {
      const log = await harness.open();
      for (let run = 0; run < RUNS; run++) {
        const walk = new Walk(log, seededRandom(SEED + run));
        for (let step = 0; step < STEPS; step++) await walk.step();
        await walk.finish();
      }
    });
  });
}

register('the embedded log', sqliteHarness);
register('the log on Redis', redisHarness());
