import { describe, expect, it, onTestFinished } from 'vitest';
import { appendTrimmed } from '../../support/append-trimmed.ts';
import { publishRun } from '../../support/client/publish.ts';
import { eventually, startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { generateRun } from '../../support/generate-run.ts';
import { RunHookPage } from '../../support/react/run-page.ts';
import { redisCommand, startRedis } from '../../support/redis-server.ts';

const live = () => startTestGateway({ tracker: { graceMs: 5 } });

/** An entry that holds no event. */
async function appendGarbage({ log }: TestGateway, streamId: string): Promise<void> {
  await log.append({
    project: 'default',
    streamId,
    producer: 'strange',
    number: 1,
    fin: false,
    events: [new Uint8Array([0xc1])],
    blobs: [],
    refs: [],
  });
}

describe('useRun in a browser', () => {
  it('shows a run as it grows, in one tree, until its end', async () => {
    const gateway = await live();
    const hook = await RunHookPage.open(gateway.url);
    const { traceId, events } = generateRun(201, { spans: 6 });
    await hook.show(traceId);
    await hook.until("view.status === 'live' && view.spanIds.length === 0");
    expect((await hook.notes()).view.lastActivityMs).toBeUndefined();
    await gateway.append(traceId, events.slice(0, 1));
    await hook.until('view.spanIds.length === 1');
    const tail = await gateway.log.tail({ project: 'default', streamId: traceId });
    expect((await hook.notes()).view.lastActivityMs).toBe(Number.parseInt(tail?.last ?? '', 10));
    await gateway.append(traceId, events.slice(1), { fin: true });
    await hook.until("view.status === 'ended'");
    const { view, renders, treeCount } = await hook.notes();
    expect(view.spanIds).toHaveLength(6);
    expect(view).toMatchObject({ traceId, hasGap: false, invalidCount: 0, canLoad: true });
    expect(treeCount).toBe(1);
    const versions = renders.map(({ version }) => version);
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    expect(hook.faults).toEqual([]);
  });

  it('shows what is new at most once a picture', async () => {
    const gateway = await live();
    const hook = await RunHookPage.open(gateway.url);
    const { traceId, events } = generateRun(202, { spans: 60 });
    await hook.show(traceId);
    await hook.until("view.status === 'live'");
    const before = await hook.notes();
    for (const event of events) await gateway.append(traceId, [event]);
    await hook.until('view.spanIds.length === 60');
    const after = await hook.notes();
    const count = after.renders.length - before.renders.length;
    expect(count).toBeGreaterThan(1);
    // The first may be shown by a picture that was counted already.
    expect(count).toBeLessThanOrEqual(after.frameCount - before.frameCount + 1);
  });

  it('watches nothing until it is enabled, nor when it no longer is', async () => {
    const gateway = await live();
    const { traceId } = await publishRun(gateway, 203);
    const hook = await RunHookPage.open(gateway.url);
    await hook.show(traceId, { enabled: false });
    await hook.until('!view.canLoad');
    const { view } = await hook.notes();
    expect(view).toMatchObject({ traceId, status: 'connecting', canLoad: false });
    expect(view.spanIds).toBeUndefined();
    expect(hook.sockets).toHaveLength(0);
    await hook.show(traceId, { enabled: true });
    await hook.until("view.status === 'ended'");
    await hook.show(traceId, { enabled: false });
    await hook.until('view.spanIds === undefined');
    const { watched } = await hook.notes();
    expect(watched).toEqual([{ traceId, status: 'closed' }]);
    await eventually(() => hook.sockets.every((one) => one.isClosed()), 'the socket is closed');
    expect(hook.sockets).toHaveLength(1);
  });

  it('never shows one run as another when the id changes', async () => {
    const gateway = await live();
    const one = await publishRun(gateway, 204, { spans: 3 });
    const other = await publishRun(gateway, 205, { spans: 5 });
    const hook = await RunHookPage.open(gateway.url);
    await hook.show(one.traceId);
    await hook.until("view.status === 'ended'");
    await hook.show(other.traceId);
    await hook.until(`view.asked === '${other.traceId}' && view.status === 'ended'`);
    const { renders, watched } = await hook.notes();
    for (const view of renders) {
      expect(view.traceId).toBe(view.asked);
      expect(view.treeOf ?? view.asked).toBe(view.asked);
    }
    const first = renders.find(({ asked }) => asked === other.traceId);
    expect(first).toMatchObject({ status: 'connecting', canLoad: false });
    expect(watched).toEqual([
      { traceId: one.traceId, status: 'closed' },
      { traceId: other.traceId, status: 'ended' },
    ]);
    expect(hook.faults).toEqual([]);
  });

  it('[PROM4] says that there is a gap and what could not be read, until a reset', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const gateway = await startTestGateway({ redis: redis.url });
    const { traceId, events } = generateRun(206, { spans: 8 });
    const [start, ...rest] = events;
    if (start === undefined) throw new Error('a run has events');
    const many = Array.from({ length: 300 }, (_, i) => rest[i % rest.length] ?? start);
    await appendTrimmed(gateway, traceId, [start, ...many], 5);
    await appendGarbage(gateway, traceId);
    const hook = await RunHookPage.open(gateway.url);
    await hook.show(traceId);
    await hook.until("view.status === 'live' && view.hasGap && view.invalidCount === 1");
    await redisCommand(redis.port, 'FLUSHALL');
    await hook.until('!view.hasGap && view.invalidCount === 0 && view.spanIds.length === 0');
    await gateway.append(traceId, events, { producer: 'again' });
    await hook.until('view.spanIds.length === 8');
    const { view, treeCount } = await hook.notes();
    expect(view).toMatchObject({ hasGap: false, invalidCount: 0 });
    expect(treeCount).toBe(2);
    expect(hook.faults).toEqual([]);
  });

  it('shows nothing more when it is gone, and leaves the gateway', async () => {
    const gateway = await live();
    const { traceId, events } = generateRun(207, { spans: 4 });
    await gateway.append(traceId, events.slice(0, 1));
    const hook = await RunHookPage.open(gateway.url);
    await hook.show(traceId);
    await hook.until('view.spanIds?.length === 1');
    const { renders } = await hook.notes();
    await hook.do('leave');
    await gateway.append(traceId, events.slice(1));
    await eventually(() => hook.sockets.every((one) => one.isClosed()), 'the socket is closed');
    const after = await hook.notes();
    expect(after.renders).toHaveLength(renders.length);
    expect(after.watched).toEqual([{ traceId, status: 'closed' }]);
    expect(hook.faults).toEqual([]);
  });

  it('goes on in a page that is hidden while a change waits for its picture', async () => {
    const gateway = await live();
    const { traceId, events } = generateRun(208, { spans: 4 });
    const hook = await RunHookPage.open(gateway.url);
    await hook.show(traceId);
    await hook.until("view.status === 'live'");
    await hook.do('holdFrames');
    await gateway.append(traceId, events.slice(0, 1));
    await hook.until('notes.watchedSpanCount() === 1');
    expect((await hook.notes()).view.spanIds).toHaveLength(0);
    await hook.do('hide');
    await gateway.append(traceId, events.slice(1), { fin: true });
    await hook.until("view.status === 'ended' && view.spanIds.length === 4");
  });

  it('says why a run cannot be watched', async () => {
    const gateway = await live();
    const hook = await RunHookPage.open(gateway.url);
    await hook.show('not a trace id');
    await hook.until("view.status === 'failed'");
    const { view } = await hook.notes();
    expect(view.error?.code).toBe('TRACE_ID_INVALID');
    expect(hook.faults).toEqual([]);
    const { traceId } = await publishRun(gateway, 209);
    await hook.show(traceId);
    await hook.until("view.status === 'ended'");
    expect((await hook.notes()).view.error).toBeUndefined();
  });
});
