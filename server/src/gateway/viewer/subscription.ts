import {
  START_POSITION,
  SpantailError,
  backoffMs,
  comparePositions,
  type ClientMessage,
  type ResetReason,
  type ServerMessage,
  type StreamId,
} from '@spantail/protocol';
import type { StreamName } from '../../log/event-log.ts';
import type { Channel, ChannelFollower } from '../hub/channel.ts';
import type { Hub } from '../hub/hub.ts';
import { START, placeBefore, type Page, type Place } from '../hub/page.ts';
import { resolveCursor } from '../hub/resolve-cursor.ts';
import { composeFrame, type FrameShape } from './compose-frame.ts';
import { inlineBlobs } from './inline-blobs.ts';

/**
 * One viewer's place in one stream.
 *
 *   resolving ─▶ pulling ⇄ live          (live: at the channel's place; pages are pushed)
 *                   ▲ └──▶ parked         (at the tail, but frames are composed for this viewer)
 *
 * A plain viewer at the tail is pushed the shared frame. A viewer that is behind, slow, resumes in
 * the middle of a frame, filters or wants blobs inline pulls pages through the same reader.
 */
type State =
  | { kind: 'resolving' }
  | { kind: 'pulling' }
  | { kind: 'live' }
  | { kind: 'parked' }
  | { kind: 'closed' };

type Subscribe = Extract<ClientMessage, { type: 'subscribe' }>;

/** The viewer a subscription sends to: its connection, as far as one subscription needs it. */
export interface SubscriptionOwner {
  readonly hub: Hub;
  readonly project: string;
  readonly writable: boolean;
  whenWritable(): Promise<void>;
  send(message: ServerMessage): void;
  sendEncoded(message: Uint8Array): void;
  fail(error: unknown, streamId: StreamId): void;
}

export class Subscription implements ChannelFollower {
  readonly #viewer: SubscriptionOwner;
  readonly #request: Subscribe;
  readonly #stream: StreamName;
  readonly #channel: Channel;
  readonly #shape: FrameShape;
  #state: State = { kind: 'resolving' };
  #place: Place = START;
  /** Events behind `#place` the viewer has already had. */
  #skip = 0;
  /** The log's tail when this began: the channel may not have heard of it yet. */
  #target = START_POSITION;
  /** Whether the entry at `#place` marks the run's end, if it was read here. */
  #end: Page['end'];
  /** Counts resets, so that a page read before one is not sent after it. */
  #history = 0;
  #stalled = false;

  constructor(viewer: SubscriptionOwner, request: Subscribe) {
    this.#viewer = viewer;
    this.#request = request;
    this.#stream = { project: viewer.project, streamId: request.streamId };
    this.#channel = viewer.hub.channel(this.#stream);
    this.#shape = {
      inline: request.payloads === 'inline',
      ...(request.filter === undefined ? {} : { filter: request.filter }),
    };
  }

  start(): void {
    this.#channel.follow(this);
    this.#run().catch((error: unknown) => {
      if (!this.#closed) this.#viewer.fail(error, this.#request.streamId);
    });
  }

  close(): void {
    this.#state = { kind: 'closed' };
    this.#channel.unfollow(this);
    this.#viewer.hub.release(this.#channel);
  }

  get #closed(): boolean {
    return this.#state.kind === 'closed';
  }

  onPage(page: Page): void {
    if (this.#state.kind === 'parked') this.#pull();
    if (this.#state.kind !== 'live') return;
    if (this.#place.position !== page.from.position || !this.#viewer.writable) return this.#pull();
    this.#stalled = false;
    this.#viewer.sendEncoded(page.frame);
    this.#place = page.to;
    this.#end = page.end;
    if (page.end !== undefined) this.#announceTail();
  }

  onReset(reason: ResetReason, last: string): void {
    if (this.#state.kind === 'resolving' || this.#closed) return;
    this.#restart(reason, last);
    if (this.#state.kind !== 'pulling') this.#pull();
  }

  onStalled(reason: string): void {
    if (this.#closed || this.#stalled) return;
    this.#stalled = true;
    this.#viewer.send({ type: 'stalled', streamId: this.#request.streamId, reason });
  }

  onRecovered(): void {
    if (!this.#stalled) return;
    this.#stalled = false;
    if (this.#state.kind === 'live' || this.#state.kind === 'parked') this.#announceTail();
  }

  /** From the beginning, to `last` at least. */
  #restart(reason: ResetReason, last: string): void {
    this.#history++;
    this.#place = START;
    this.#target = last;
    this.#end = undefined;
    this.#skip = 0;
    this.#viewer.send({ type: 'reset', streamId: this.#request.streamId, reason });
  }

  #pull(): void {
    this.#state = { kind: 'pulling' };
    this.#run().catch((error: unknown) => {
      if (!this.#closed) this.#viewer.fail(error, this.#request.streamId);
    });
  }

  /** Until the tail, through every outage of the log; other errors end the subscription. */
  async #run(): Promise<void> {
    for (let failures = 0; !this.#closed; failures++) {
      try {
        if (this.#state.kind === 'resolving') await this.#resolve();
        await this.#pullToTail();
        return;
      } catch (error) {
        if (!(error instanceof SpantailError) || error.code !== 'LOG_UNAVAILABLE') throw error;
        this.onStalled(error.message);
        await wait(50 + backoffMs(failures, Math.random(), { baseMs: 100, maxMs: 2_000 }));
      }
    }
  }

  async #resolve(): Promise<void> {
    const { streamId, after } = this.#request;
    const channel = this.#channel;
    await channel.open();
    const tail = await (after === undefined ? channel.recentTail() : channel.currentTail());
    if (this.#closed) return;
    if (tail !== undefined) {
      this.#target = tail.last;
      channel.learn(tail);
    }
    const resolution =
      after === undefined
        ? undefined
        : await resolveCursor(this.#viewer.hub.log, this.#stream, tail, after);
    if (this.#closed) return;
    if (resolution === undefined && tail !== undefined) {
      const first = placeBefore(tail.first);
      // A trace must be whole; the feed begins where it begins.
      const trimmed = first !== START && !streamId.startsWith('@');
      this.#place = trimmed ? START : first;
      this.#confirm();
      if (trimmed) this.#tellGap(first);
    } else if (resolution?.kind === 'continue') {
      this.#place = resolution.place;
      this.#skip = resolution.skip;
      this.#confirm();
    } else {
      this.#confirm();
      if (resolution?.kind === 'gap') this.#tellGap(resolution.place);
      if (resolution?.kind === 'reset') this.#restart(resolution.reason, this.#target);
    }
    this.#state = { kind: 'pulling' };
  }

  #confirm(): void {
    const { streamId, after } = this.#request;
    const { names } = this.#channel;
    const cursor = after ?? names?.of(this.#place);
    this.#viewer.send({
      type: 'subscribed',
      streamId,
      ...(cursor === undefined ? {} : { cursor }),
    });
  }

  /** Entries from `from` (absent: the cursor asked for, or the beginning) to `place` are gone. */
  #tellGap(place: Place, from = this.#request.after): void {
    const { streamId } = this.#request;
    const { names } = this.#channel;
    if (names === undefined) return;
    this.#place = place;
    this.#skip = 0;
    this.#viewer.send({
      type: 'gap',
      streamId,
      after: from ?? names.of(START),
      cursor: names.of(place),
      reason: 'trimmed',
    });
  }

  async #pullToTail(): Promise<void> {
    for (;;) {
      await this.#viewer.whenWritable();
      if (this.#closed) return;
      const { names, epoch } = this.#channel;
      const until = later(this.#channel.place.position, this.#target);
      const behind = comparePositions(this.#place.position, until) < 0;
      if (names === undefined || epoch === undefined || !behind) return this.#atTail();
      const history = this.#history;
      const from = this.#place;
      const page = await this.#viewer.hub.pages.read(this.#stream, epoch, names, from, until);
      const found = page !== undefined && page !== 'other-history';
      if (found && this.#shape.inline) await this.#sendBlobs(page);
      if (this.#closed) return;
      if (history !== this.#history) continue;
      if (!found) {
        // The channel (or the tail) has been here, the log has not: another history. The channel
        // finds out.
        this.#target = START_POSITION;
        this.#channel.prove();
        await wait(20);
        continue;
      }
      this.#stalled = false;
      this.#sendPage(page);
    }
  }

  /** One message after the other, as the viewer takes them: blobs are many times larger than events. */
  async #sendBlobs(page: Page): Promise<void> {
    for await (const message of inlineBlobs(this.#viewer.hub.log, this.#stream, page)) {
      if (this.#closed) return;
      this.#viewer.sendEncoded(message);
      await this.#viewer.whenWritable();
    }
  }

  #sendPage(page: Page): void {
    const { names } = this.#channel;
    if (names === undefined) return;
    const { streamId, after } = this.#request;
    if (page.from.position !== this.#place.position)
      this.#tellGap(page.from, names.of(this.#place, this.#skip));
    const skip = Math.min(this.#skip, page.eventCount);
    const resumes = this.#skip > 0;
    this.#skip -= skip;
    this.#place = page.to;
    this.#end = page.end;
    // The cursor's events go on in the next page: nothing here is news to this viewer.
    if (this.#skip > 0) return;
    const { filter } = this.#shape;
    this.#viewer.sendEncoded(
      resumes || filter !== undefined
        ? composeFrame(streamId, names, page, skip, resumes ? after : undefined, filter)
        : page.frame,
    );
  }

  /** Synchronous from the comparison of places to here: nothing can slip in between. */
  #atTail(): void {
    if (this.#skip > 0) {
      // The cursor names events that were never written.
      this.#restart('future', START_POSITION);
      if (this.#channel.names !== undefined) return this.#pull();
    }
    const pushed = !this.#shape.inline && this.#shape.filter === undefined;
    this.#state = { kind: pushed ? 'live' : 'parked' };
    this.#stalled = false;
    this.#announceTail();
  }

  #announceTail(): void {
    const { streamId } = this.#request;
    const { names, place } = this.#channel;
    // The channel may be behind what was pulled, and about to follow.
    const end = place.position === this.#place.position ? this.#channel.end : this.#end;
    const cursor = names?.of(this.#place);
    if (end !== undefined && cursor !== undefined)
      this.#viewer.send({ type: 'end', streamId, cursor, reason: end });
    else this.#viewer.send({ type: 'live', streamId, ...(cursor === undefined ? {} : { cursor }) });
  }
}

function later(a: string, b: string): string {
  return comparePositions(a, b) < 0 ? b : a;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
