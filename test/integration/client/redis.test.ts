import { treeToJson, RunTree, type WatchStatus } from '@spantail/client';
import type { TraceEvent } from '@spantail/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect } from '../../support/client/connect.ts';
import { eventOf } from '../../support/client/collect.ts';
import { eventually, startTestGateway } from '../../support/gateway.ts';
import { generateRun } from '../../support/generate-run.ts';
import { startRedis } from '../../support/redis-server.ts';

describe('the client of a gateway on Redis', () => {
  it('[CL1, CL17, PROM3] gets every event once when Redis goes and comes back', async () => {
    const redis = await startRedis({ aof: true, args: ['--appendfsync', 'always'] });
    onTestFinished(() => redis.stop());
    const gateway = await startTestGateway({ redis: redis.url, tracker: { graceMs: 5 } });
    const client = connect(gateway);
    const { traceId, events } = generateRun(71, { spans: 10 });
    const got: TraceEvent[] = [];
    const reading = (async () => {
      for await (const item of client.events(traceId)) got.push(eventOf(item));
    })();
    const run = client.watch(traceId);
    const statuses: WatchStatus[] = [];
    run.on('status', (status) => statuses.push(status));
    const half = Math.floor(events.length / 2);
    for (const event of events.slice(0, half)) await gateway.append(traceId, [event]);
    await eventually(() => got.length === half, 'the first half came');
    await redis.kill();
    await eventually(() => run.status === 'stalled', 'the viewer is told');
    await redis.restart();
    await eventually(() => run.status === 'live', 'it is live again');
    for (const [i, event] of events.slice(half).entries())
      await gateway.append(traceId, [event], { fin: i === events.length - half - 1 });
    await reading;
    expect(got).toEqual(events);
    const tree = new RunTree(traceId);
    for (const event of events) tree.apply(event);
    await eventually(() => run.status === 'ended', 'the run has ended');
    expect(treeToJson(run.tree)).toEqual(treeToJson(tree));
    // The client's own connection never broke.
    expect(statuses).toEqual(['catching-up', 'live', 'stalled', 'live', 'ended']);
  });
});
