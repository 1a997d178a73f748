import {
  RUNS_STREAM,
  encodeRunSummary,
  formatCursor,
  streamTag,
  toHex,
  type Cursor,
} from '@spantail/protocol';
import type { EventLog } from 'spantail';
import { describe, expect, it } from 'vitest';
import { Hub } from '../../../server/src/gateway/hub/hub.ts';
import { VIEWER_LIMITS, Viewer } from '../../../server/src/gateway/viewer/viewer.ts';
import { openSqliteLog } from '../../../server/src/log/sqlite/sqlite-log.ts';
import { seededRandom } from '../../support/generate-run.ts';
import { ModelViewer } from '../../support/model-viewer.ts';
import { SlotScheduler } from '../../support/slot-scheduler.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);
const INTERLEAVINGS = 10_000;
/** Far more steps than any interleaving takes: whoever needs more is stuck. */
const MOST_STEPS = 5_000;

type Kind = 'plain' | 'inline' | 'resumes' | 'filters';

/** What one viewer is to have seen in the end. */
interface Watcher {
  kind: Kind;
  viewer: Viewer;
  model: ModelViewer;
  /** Index of the first event it is to see. */
  from: number;
}

/** One trace (or feed), published while viewers subscribe, in one random order of everything. */
class Interleaving {
  readonly #random: () => number;
  readonly #log: EventLog;
  readonly #scheduler: SlotScheduler;
  readonly #hub: Hub;
  readonly #stream: { project: string; streamId: string };
  readonly #isFeed: boolean;
  readonly #published: (string | null)[] = [];
  readonly #watchers: Watcher[] = [];
  #number = 0;

  constructor(seed: number, log: EventLog) {
    this.#random = seededRandom(seed);
    this.#log = log;
    this.#scheduler = new SlotScheduler(this.#random);
    const ringLoss = this.#random() < 0.3 ? 0.5 : 0;
    this.#hub = new Hub(this.#scheduler.wrap(log, ringLoss), { pollMs: 1_000_000 });
    this.#isFeed = this.#random() < 0.25;
    const streamId = this.#isFeed ? RUNS_STREAM : 'ab'.repeat(16);
    this.#stream = { project: `p${seed}`, streamId };
  }

  /** What went wrong, in words; empty when nothing did. */
  async run(): Promise<string[]> {
    let entries = 2 + this.#below(8);
    let viewers = 1 + this.#below(4);
    for (let before = this.#below(entries); before > 0; before--, entries--) await this.#publish();
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      const what = this.#random();
      if (what < 0.12 && entries > 0) {
        entries--;
        await this.#publish();
      } else if (what < 0.24 && viewers > 0) {
        viewers--;
        await this.#subscribe();
      } else if (what < 0.3 && this.#watchers.length > 0) this.#hub.channel(this.#stream).poll();
      else if (what < 0.36) this.#pick()?.model.stuff(true);
      else if (what < 0.46) this.#pick()?.model.stuff(false);
      else this.#scheduler.release();
      await nextTurn();
      if (entries === 0 && viewers === 0 && this.#isOver()) return this.#close();
    }
    return [...this.#close(), 'it does not come to an end'];
  }

  #close(): string[] {
    const problems = this.#watchers.flatMap(({ kind, model }) =>
      model.problems.map((problem) => `${kind}: ${problem}`),
    );
    for (const watcher of this.#watchers) {
      const expected = this.#expected(watcher);
      if (JSON.stringify(watcher.model.events) !== JSON.stringify(expected))
        problems.push(
          `${watcher.kind} saw ${String(watcher.model.events)}, not ${String(expected)}`,
        );
      watcher.viewer.dispose();
    }
    if (this.#hub.channelCount > 0) problems.push('a channel is left');
    this.#hub.close();
    return problems;
  }

  #expected({ kind, from }: Watcher): (string | null)[] {
    const events = this.#published.slice(from);
    return kind === 'filters' ? events.map((one) => (isRunning(one) ? one : null)) : events;
  }

  #isOver(): boolean {
    for (const { model, from } of this.#watchers) {
      if (model.problems.length > 0) return true;
      if (!model.live || model.events.length < this.#published.length - from) return false;
    }
    return true;
  }

  async #publish(): Promise<void> {
    const events: Uint8Array[] = [];
    const blobs = [];
    for (let count = 1 + this.#below(3); count > 0; count--) {
      const event = this.#makeEvent(this.#published.length);
      events.push(event);
      this.#published.push(toHex(event));
      if (hasBlob(event)) blobs.push({ ref: event, bytes: event });
    }
    const number = ++this.#number;
    const batch = { producer: 'p', number, fin: false, events, blobs, refs: [] };
    const { outcome } = await this.#log.append({ ...this.#stream, ...batch });
    if (outcome !== 'appended') throw new Error(`the entry was a ${outcome}`);
  }

  /** For a trace 16 bytes, which name their own blob when they have one. */
  #makeEvent(index: number): Uint8Array {
    if (!this.#isFeed) {
      const event = new Uint8Array(16);
      event.set([this.#random() < 0.4 ? 1 : 0, index]);
      return event;
    }
    const status = this.#random() < 0.5 ? 'running' : 'ok';
    const traceId = 'cd'.repeat(16);
    return encodeRunSummary({
      traceId,
      name: status,
      status,
      startUs: 1,
      lastActivityUs: 1,
      spanCount: 1,
      openCount: 0,
      errorCount: 0,
      revision: index,
    });
  }

  async #subscribe(): Promise<void> {
    const cursors = this.#isFeed ? [] : await this.#cursors();
    const kinds: Kind[] = this.#isFeed ? ['plain', 'filters'] : ['plain', 'inline'];
    if (cursors.length > 0) kinds.push('resumes');
    const kind = kinds[this.#below(kinds.length)] ?? 'plain';
    const model = new ModelViewer();
    const resume = kind === 'resumes' ? cursors[this.#below(cursors.length)] : undefined;
    const viewer = new Viewer(this.#hub, this.#stream.project, model, VIEWER_LIMITS);
    if (kind === 'inline')
      model.onEvent = (event) => {
        if (event.startsWith('01') && !model.blobs.has(event))
          model.problems.push(`${event} came ahead of its blob`);
      };
    this.#watchers.push({ kind, viewer, model, from: resume?.from ?? 0 });
    viewer.handle({
      type: 'subscribe',
      streamId: this.#stream.streamId,
      ...(resume === undefined ? {} : { after: resume.cursor }),
      ...(kind === 'inline' ? { payloads: 'inline' } : {}),
      ...(kind === 'filters' ? { filter: { status: 'running' } } : {}),
    });
  }

  /** Cursors of events that are there, counted from an entry before them: also amid a frame. */
  async #cursors(): Promise<{ cursor: Cursor; from: number }[]> {
    const tail = await this.#log.tail(this.#stream);
    if (tail === undefined) return [];
    const all = { after: '0-0', maxEntries: 100, maxBytes: 1_000_000 };
    const entries = await this.#log.read(this.#stream, all);
    const tag = streamTag(this.#stream.streamId);
    let behind = 0;
    return entries.flatMap(({ position, check, count }) => {
      behind += count;
      const left = this.#published.length - behind;
      const skip = this.#below(left + 1);
      const cursor = formatCursor({ tag, epoch: tail.epoch, position, check, skip });
      return [{ cursor, from: behind + skip }];
    });
  }

  #pick(): Watcher | undefined {
    return this.#watchers[this.#below(this.#watchers.length)];
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}

function hasBlob(event: Uint8Array): boolean {
  return event.byteLength === 16 && event[0] === 1;
}

function isRunning(event: string | null): boolean {
  return event?.includes(toHex(new TextEncoder().encode('running'))) === true;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

describe(`publishing at any moment of the switch to live (SEED=${SEED})`, () => {
  it('[SUB9, SUB3, SUB4, PROM5] neither loses nor repeats an event', async () => {
    const log = await openSqliteLog({ file: ':memory:' });
    for (let i = 0; i < INTERLEAVINGS; i++) {
      const problems = await new Interleaving(SEED + i, log).run();
      expect(problems, `interleaving with SEED=${SEED + i}`).toEqual([]);
    }
    await log.close();
  }, 300_000);
});
