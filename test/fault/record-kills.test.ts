import { join } from 'node:path';
import { Publisher, createExporter } from '@spantail/agent';
import { decodeEvent, decodeEventArray, encodeEvent, type TraceEvent } from '@spantail/protocol';
import { openSqliteArchive } from '../../server/src/archive/sqlite/sqlite-archive.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { generateRun, seededRandom } from '../support/generate-run.ts';
import { startGatewayProcess } from '../support/gateway-process.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));
/** The long form: KILLS=200. */
const KILLS = Number(process.env['KILLS'] ?? 12);
const WHOLE = { after: '0-0', maxEntries: 1_000_000, maxBytes: 1e9 };

describe('an indexer that is killed', () => {
  it(
    `[REC1, PROM6] repeats nothing and loses nothing, at ${KILLS} random points (SEED=${SEED})`,
    async () => {
      const random = seededRandom(SEED);
      const data = temporaryDirectory();
      const gateway = await startGatewayProcess(['--data', data, '--hot-after-end', '0']);
      onTestFinished(() => gateway.kill());
      const publisher = new Publisher({ exporter: createExporter(gateway.url), retryBaseMs: 20 });
      onTestFinished(async () => {
        await publisher.shutdown({ timeoutMs: 1_000 });
      });
      const runs = Array.from({ length: 12 }, (_, i) => generateRun(SEED + i, { spans: 60 }));
      const steps = runs.flatMap(({ traceId, events }) =>
        events.map((event) => ({ traceId, event })),
      );
      // Side by side, each run in its own order.
      const left = new Map(runs.map((run) => [run.traceId, [...run.events]]));
      const killEvery = Math.floor(steps.length / KILLS);
      for (let published = 1; left.size > 0; published++) {
        const [traceId, events] = [...left][Math.floor(random() * left.size)] ?? ['', []];
        const event = events.shift() as TraceEvent;
        if (events.length === 0) left.delete(traceId);
        publisher.publish(traceId, event);
        if (published % 40 === 0) await publisher.flush();
        if (published % killEvery === 0) {
          // Whatever it was doing: taking events, folding, committing, letting go.
          for (let turns = Math.floor(random() * 200); turns > 0; turns--)
            await new Promise((resolve) => setImmediate(resolve));
          await gateway.kill();
          await gateway.restart();
        }
      }
      expect(await publisher.flush({ timeoutMs: 60_000 })).toBe(true);
      await eventually(
        async () => {
          const response = await fetch(`${gateway.url}/api/v1/runs?limit=100`);
          const { runs: kept } = (await response.json()) as { runs: { status: string }[] };
          return kept.length === runs.length && kept.every(({ status }) => status !== 'running');
        },
        'all runs are over and in the record',
        60_000,
      );
      expect(await gateway.stop()).toBe(0);

      const archive = await openSqliteArchive({ file: join(data, 'archive.sqlite') });
      onTestFinished(() => archive.close());
      for (const { traceId, events } of runs) {
        const stream = { project: 'default', streamId: traceId };
        const entries = await archive.read(stream, WHOLE);
        const kept = entries.flatMap((entry) => decodeEventArray(entry.events));
        expect(kept.map((bytes) => decodeEvent(bytes))).toEqual(
          events.map((event) => decodeEvent(encodeEvent(event))),
        );
        const position = await archive.position(stream);
        expect(position?.position).toBe(entries.at(-1)?.position);
        const spanIds = new Set(events.map((event) => event.spanId));
        const { rows } = await archive.runSpans(stream, 1_000);
        expect(rows.map(({ spanId }) => spanId).toSorted()).toEqual([...spanIds].toSorted());
        expect(await archive.run(stream)).toMatchObject({
          spanCount: spanIds.size,
          openCount: 0,
          eventCount: events.length,
        });
      }
      // A process starts for each kill, on a machine that may be busy.
    },
    60_000 + KILLS * 8_000,
  );
});
