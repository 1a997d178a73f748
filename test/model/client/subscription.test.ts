import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  startSubscription,
  subscriptionStep,
  type SubscriptionEvent,
  type SubscriptionState,
} from '../../../client/src/subscription/subscription-state.ts';
import { ModelServer } from '../../support/client/model-server.ts';

const request = { streamId: 'a'.repeat(32) };
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);

/** The machine's user, and the judge: what it is handed must be the log, in order, once. */
class Viewer {
  readonly server = new ModelServer();
  state: SubscriptionState = startSubscription();
  /** The next event's number; `undefined` while a reset of the log has not been told yet. */
  next = 0;
  epoch = 0;
  connected = false;
  retryDue = false;
  closed = false;
  failed = false;
  ends = 0;
  #endedAt = -1;

  step(event: SubscriptionEvent): void {
    const { state, effects } = subscriptionStep(request, this.state, event);
    this.state = state;
    for (const effect of effects) {
      if (effect.type === 'cancel-retry') this.retryDue = false;
      else if (effect.type === 'retry-in') this.retryDue = true;
      else if (effect.type === 'send') {
        expect(this.connected, 'sends only over an open connection').toBe(true);
        this.server.receive(effect.message);
      } else {
        expect(this.closed || this.failed, 'is called after it was over').toBe(false);
        if (effect.type === 'fail') this.failed = true;
        else if (effect.type === 'frame') this.#take(effect.frame);
        else if (effect.notice.type === 'reset') {
          this.next = 0;
          this.#endedAt = -1;
        } else if (effect.notice.type === 'end') {
          expect(this.next, 'an end is news').not.toBe(this.#endedAt);
          this.#endedAt = this.next;
          this.ends++;
        }
      }
    }
  }

  #take({ events, cursor }: { events: (Uint8Array | null)[]; cursor: string }): void {
    for (const bytes of events) {
      const [number] = new Uint32Array((bytes ?? new Uint8Array(4)).slice().buffer);
      expect(number, `event at ${cursor}`).toBe(this.next);
      this.next++;
    }
  }

  deliver(): void {
    const message = this.server.inFlight.shift();
    if (message !== undefined) this.step({ type: 'message', message, random: 0.5 });
  }

  connect(): void {
    if (this.connected) return;
    this.connected = true;
    this.step({ type: 'connected' });
  }

  disconnect(): void {
    if (!this.connected) return;
    this.connected = false;
    this.server.disconnect();
    this.step({ type: 'disconnected' });
  }

  /** Everything that is under way happens, and nothing bad. */
  settle(): void {
    this.connect();
    for (let i = 0; i < 500; i++) {
      this.server.push(3);
      this.deliver();
      this.step({ type: 'drained' });
      if (!this.retryDue) continue;
      this.retryDue = false;
      this.step({ type: 'retry' });
    }
  }
}

type Command = [name: keyof typeof COMMANDS, count: number];

const COMMANDS = {
  connect: (viewer: Viewer) => viewer.connect(),
  disconnect: (viewer: Viewer) => viewer.disconnect(),
  deliver: (viewer: Viewer) => viewer.deliver(),
  'deliver all': (viewer: Viewer) => {
    for (let i = viewer.server.inFlight.length; i > 0; i--) viewer.deliver();
  },
  append: (viewer: Viewer, count: number) => viewer.server.append(count),
  push: (viewer: Viewer, count: number) => viewer.server.push(count),
  finish: (viewer: Viewer) => viewer.server.finish(),
  recreate: (viewer: Viewer) => viewer.server.recreate(),
  'lose a frame': (viewer: Viewer) => viewer.server.loseFrame(),
  'repeat a frame': (viewer: Viewer) => viewer.server.repeatFrame(),
  fault: (viewer: Viewer) => viewer.server.fault(),
  overflow: (viewer: Viewer) => viewer.step({ type: 'overflow' }),
  drained: (viewer: Viewer) => viewer.step({ type: 'drained' }),
  retry: (viewer: Viewer) => {
    if (!viewer.retryDue) return;
    viewer.retryDue = false;
    viewer.step({ type: 'retry' });
  },
  close: (viewer: Viewer, count: number) => {
    if (count < 4) return;
    viewer.step({ type: 'close' });
    viewer.closed = true;
  },
};

const command: fc.Arbitrary<Command> = fc.tuple(
  fc.constantFrom(...(Object.keys(COMMANDS) as (keyof typeof COMMANDS)[])),
  fc.integer({ min: 1, max: 4 }),
);

describe(`the subscription machine against a hostile connection (SEED=${SEED})`, () => {
  it('[CL1, CL2, CL4, CL6, CL11, CL14] hands on the log once, in order, and all of it in the end', () => {
    let whole = 0;
    fc.assert(
      fc.property(fc.array(command, { maxLength: 120, size: 'max' }), (commands) => {
        const viewer = new Viewer();
        for (const [name, count] of commands) COMMANDS[name](viewer, count);
        viewer.settle();
        if (viewer.closed || viewer.failed) return;
        expect(viewer.next, JSON.stringify(viewer.state)).toBe(viewer.server.length);
        if (viewer.next > 3) whole++;
      }),
      { numRuns: 3_000, seed: SEED },
    );
    // The property says nothing about runs that closed or failed: most must not.
    expect(whole).toBeGreaterThan(100);
  });

  it('[CL1, CL12] does nothing after it was closed', () => {
    fc.assert(
      fc.property(
        fc.array(command, { maxLength: 40, size: 'max' }),
        fc.array(command),
        (before, after) => {
          const viewer = new Viewer();
          for (const [name, count] of before) COMMANDS[name](viewer, count);
          COMMANDS.close(viewer, 4);
          const { state } = viewer;
          for (const [name, count] of after) COMMANDS[name](viewer, count);
          expect(viewer.state).toBe(state);
          expect(viewer.retryDue).toBe(false);
        },
      ),
      { numRuns: 1_000, seed: SEED },
    );
  });
});
