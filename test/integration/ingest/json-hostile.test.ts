import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startTestGateway } from '../../support/gateway.ts';
import { postJson, treeOf } from '../../support/ingest-json.ts';

const TRACE = 'ab'.repeat(16);
const RUNS = Number(process.env['RUNS'] ?? 700);
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);

const KEYS =
  'type traceId spanId parentSpanId name spanType startUs startTime endUs endTime seq outputDelta input output attributes logs links status error usage revision reason dropped events producer number fin leaseMs message time timeUs level __proto__ constructor toString'.split(
    ' ',
  );

const leaf = fc.oneof(
  fc.constantFrom('open', 'update', 'close', 'x', '', '2026-11-26T14:00:00Z', 'ok', 'step', 'lost'),
  fc.constantFrom(null, true, 0, 1, -1, 1.5, 1e300, 2 ** 53, 2 ** 40),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const anything = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 6 }),
  ),
})).value;

/** Sound in most fields, and anything in others. */
const event = fc
  .tuple(
    fc.constantFrom(
      { type: 'open', traceId: 'a', spanId: 'b', name: 'n' },
      { type: 'update', traceId: 'a', spanId: 'b', outputDelta: 'x' },
      { type: 'close', traceId: 'a', spanId: 'b' },
    ),
    fc.dictionary(fc.constantFrom(...KEYS), anything, { maxKeys: 2 }),
  )
  .map(([sound, odd]) => ({ ...sound, ...odd }));

const body = fc.oneof(
  anything.map((value) => JSON.stringify(value)),
  fc.array(event, { maxLength: 4 }).map((events) => JSON.stringify(events)),
  fc
    .tuple(
      fc.array(event, { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...KEYS), leaf, { maxKeys: 2 }),
    )
    .map(([events, rest]) => JSON.stringify({ events, ...rest })),
  // Cut, and with a byte changed.
  fc
    .tuple(fc.array(event, { maxLength: 3 }), fc.nat(), fc.nat({ max: 255 }))
    .map(([events, at, byte]) => {
      const bytes = Buffer.from(JSON.stringify(events));
      bytes[at % bytes.byteLength] = byte;
      return byte % 2 === 0 ? bytes : bytes.subarray(0, at % bytes.byteLength);
    }),
);

describe('hostile JSON', () => {
  it(`[IJ4, IJ9] is taken or refused, and never a fault; a good script notices nothing (seed ${SEED})`, async () => {
    const gateway = await startTestGateway();
    const statuses = new Map<number, number>();
    let good = 0;
    const property = fc.asyncProperty(body, fc.boolean(), async (sent, isLines) => {
      const type = isLines ? 'application/x-ndjson' : 'application/json';
      const answer = await postJson(gateway.url, sent, { 'content-type': type });
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      expect([200, 400]).toContain(answer.status);
      if (answer.status === 400) {
        expect(answer.body.detail).toMatch(/./);
        expect(['BATCH_INVALID', 'EVENT_INVALID']).toContain(answer.body.code);
      } else expect(answer.body.results).toBeInstanceOf(Array);
      if (++good % 20 !== 0) return;
      const update = { type: 'update', traceId: TRACE, spanId: 'good', outputDelta: '.' };
      expect((await postJson(gateway.url, update)).status).toBe(200);
    });
    await fc.assert(property, { numRuns: RUNS, seed: SEED });
    expect(statuses.get(200)).toBeGreaterThan(RUNS / 20);
    expect(statuses.get(400)).toBeGreaterThan(RUNS / 20);
    const [span] = (await treeOf(gateway.log, TRACE)).walk();
    expect(span?.span.outputText).toBe('.'.repeat(Math.floor(good / 20)));
    expect(({} as { type?: unknown }).type).toBeUndefined();
  }, 60_000);
});
