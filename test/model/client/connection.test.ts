import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  connectionStep,
  type ConnectionEvent,
  type ConnectionState,
} from '../../../client/src/connection/connection-state.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const nowMs = fc.nat({ max: 60_000 });
const event: fc.Arbitrary<ConnectionEvent> = fc.oneof(
  fc.constantFrom<ConnectionEvent>(
    { type: 'want' },
    { type: 'unwanted' },
    { type: 'retry' },
    { type: 'refused', reason: 'r' },
  ),
  fc.record({ type: fc.constant('opened' as const), nowMs }),
  fc.record({ type: fc.constant('silence' as const), nowMs, random }),
  fc.record({ type: fc.constant('goaway' as const), graceMs: fc.nat(9_000), nowMs, random }),
  fc.record({
    type: fc.constant('socket-closed' as const),
    closeCode: fc.constantFrom(1000, 1006, 4400, 4406, 4408, 4503),
    reason: fc.constant(''),
    nowMs,
    random,
  }),
);

describe(`the connection machine under any events (SEED=${SEED})`, () => {
  it('[CL7, CL12] has one socket or one timer at most, and neither when it is not needed', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60, size: 'max' }), (events) => {
        let state: ConnectionState = { kind: 'idle' };
        let sockets = 0;
        let timers = 0;
        const step = (event: ConnectionEvent): void => {
          // The timer that fires is gone.
          if (event.type === 'retry' && state.kind === 'waiting') timers--;
          const next = connectionStep(state, event);
          state = next.state;
          for (const effect of next.effects) {
            if (effect.type === 'open-socket') sockets++;
            else if (effect.type === 'drop-socket') sockets = 0;
            else if (effect.type === 'cancel-retry') timers = 0;
            else {
              timers++;
              expect(effect.ms).toBeGreaterThanOrEqual(0);
              expect(effect.ms).toBeLessThan(15_000);
            }
          }
          const connected = state.kind === 'connecting' || state.kind === 'open';
          expect([state.kind, sockets, timers]).toEqual([
            state.kind,
            connected ? 1 : 0,
            state.kind === 'waiting' ? 1 : 0,
          ]);
        };
        for (const event of events) step(event);
        step({ type: 'close' });
        for (const event of events) step(event);
        expect(state.kind).toBe('closed');
      }),
      { numRuns: 2_000, seed: SEED },
    );
  });
});
