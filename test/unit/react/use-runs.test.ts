import { describe, expect, it, onTestFinished } from 'vitest';
import { publishRun } from '../../support/client/publish.ts';
import { eventually, startTestGateway } from '../../support/gateway.ts';
import { startGatewayProcess } from '../../support/gateway-process.ts';
import { generateRun } from '../../support/generate-run.ts';
import { MemoryArchive } from '../../support/memory-archive.ts';
import { startArchiveGateway } from '../../support/query/archive-gateway.ts';
import { changeRun, fillArchive } from '../../support/query/fill-archive.ts';
import { sampleRuns, traceId } from '../../support/query/sample-runs.ts';
import { RunsHookPage } from '../../support/react/runs-page.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { createTracer } from '@spantail/agent';

/** Asks of the record, in a second at most so many whatever happens. */
const LEAST_PAUSE_MS = 950;

function live() {
  return startTestGateway({ archive: new MemoryArchive(), tracker: { graceMs: 5 } });
}

describe('useRuns in a browser', () => {
  it('lists runs as they start, grow and end', async () => {
    const gateway = await live();
    const hook = await RunsHookPage.open(gateway.url);
    await hook.show();
    await hook.until('!view.loading && view.runs.length === 0');
    const { traceId: id, events } = generateRun(71, { spans: 6 });
    await gateway.append(id, events.slice(0, 1));
    await hook.until("view.runs.length === 1 && view.runs[0].status === 'running'");
    await gateway.append(id, events.slice(1), { fin: true });
    await hook.until("view.runs[0].status !== 'running' && view.runs[0].spanCount === 6");
    const { view } = await hook.notes();
    expect(view.runs[0]).toMatchObject({ traceId: id, service: 'generated' });
    expect(view.runs[0]).not.toHaveProperty('cursor');
    expect(hook.faults).toEqual([]);
  });

  it('asks at most once a second, however busy the feed is', async () => {
    const gateway = await live();
    const hook = await RunsHookPage.open(gateway.url);
    await hook.show();
    await hook.until('!view.loading');
    for (let seed = 100; seed < 160; seed++) await publishRun(gateway, seed);
    await hook.until('view.runs.length === 50 && view.hasMore');
    // The record may still be taking in the last ones.
    await eventually(async () => {
      await hook.do('loadMore');
      return (await hook.notes()).view.runs.length === 60;
    }, 'all runs are listed');
    const { asked, view } = await hook.notes();
    expect(new Set(view.runs.map((run) => run.traceId)).size).toBe(60);
    // Asking for more is the user's doing, and goes on where the list ends.
    const own = asked.filter(({ url }) => !url.includes('next='));
    expect(asked.length).toBeGreaterThan(own.length);
    const pauses = own.slice(1).map(({ atMs }, i) => atMs - (own[i]?.atMs ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThan(LEAST_PAUSE_MS);
  });

  it('lists a run once that moves to the next page between two answers', async () => {
    const runs = sampleRuns(205);
    const { archive, url } = await startArchiveGateway(runs);
    const hook = await RunsHookPage.open(url);
    await hook.do('holdAnswers');
    // More than one answer holds.
    await hook.show({ sort: 'cost', limit: 206, live: false });
    await hook.until('asked[0]?.answered');
    const [cheapest] = runs;
    if (cheapest === undefined) throw new Error('there are runs');
    await changeRun(archive, { ...cheapest, run: { ...cheapest.run, costUsd: 99 } });
    await hook.do('letGo');
    await hook.until('!view.loading');
    const { view, asked } = await hook.notes();
    expect(asked).toHaveLength(2);
    expect(view.runs).toHaveLength(205);
    expect(new Set(view.runs.map((run) => run.traceId)).size).toBe(205);
  });

  it('lists a run once that is active while the list is read by activity', async () => {
    const runs = sampleRuns(205);
    const { archive, url } = await startArchiveGateway(runs);
    const hook = await RunsHookPage.open(url);
    await hook.do('holdAnswers');
    // The longest silent first: who wakes up moves behind what was read.
    await hook.show({ sort: 'activity', limit: 206, live: false });
    await hook.until('asked[0]?.answered');
    const [silent] = runs;
    if (silent === undefined) throw new Error('there are runs');
    const lastActivityUs = silent.run.lastActivityUs * 2;
    await changeRun(archive, { ...silent, run: { ...silent.run, lastActivityUs } });
    await hook.do('letGo');
    await hook.until('!view.loading');
    const { view, asked } = await hook.notes();
    expect(asked).toHaveLength(2);
    expect(view.runs).toHaveLength(205);
    expect(new Set(view.runs.map((run) => run.traceId)).size).toBe(205);
  });

  it('keeps the row of a run of which nothing changed', async () => {
    const archive = new MemoryArchive();
    await fillArchive(archive, sampleRuns(2));
    const gateway = await startTestGateway({ archive, tracker: { graceMs: 5 } });
    const hook = await RunsHookPage.open(gateway.url);
    await hook.show();
    await hook.until('view.runs.length === 2');
    const { traceId: id, events } = generateRun(183);
    await gateway.append(id, events.slice(0, 1));
    await hook.until('view.runs.length === 3');
    expect((await hook.notes()).sameRows).toBeGreaterThanOrEqual(2);
  });

  it('shows the rows of the last filter until the next answers, and no late answer', async () => {
    const gateway = await startArchiveGateway(sampleRuns(6));
    const hook = await RunsHookPage.open(gateway.url);
    await hook.show({ agent: 'planner' });
    await hook.until('view.runs.length === 3');
    await hook.do('holdAnswers');
    await hook.show({ name: 'trip 1' });
    await hook.until('view.loading');
    expect((await hook.notes()).view.runs).toHaveLength(3);
    await hook.show({ name: 'trip 2' });
    await hook.until('asked.length === 3 && asked[1].aborted');
    await hook.do('letGo');
    await hook.until('!view.loading');
    const { view } = await hook.notes();
    expect(view.runs.map(({ name }) => name)).toEqual(['trip 2']);
  });

  it('tells what is wrong with a filter, and asks it no more', async () => {
    const gateway = await live();
    const hook = await RunsHookPage.open(gateway.url);
    await publishRun(gateway, 191);
    await hook.addWitness();
    await hook.show({});
    await hook.until('view.runs.length === 1 && witness.runs.length === 1');
    await hook.show({ q: 'status:eror' });
    await hook.until('view.error !== undefined');
    const { view } = await hook.notes();
    expect(view.error).toMatchObject({ code: 'QUERY_INVALID', position: 7 });
    expect(view.runs).toHaveLength(1);
    // News of runs does not make it a better filter. A good one is asked again after a pause; when it
    // was so twice, a pause has gone by since this one had its news.
    await publishRun(gateway, 192);
    await hook.until('witness.runs.length === 2');
    await publishRun(gateway, 193);
    await hook.until('witness.runs.length === 3');
    const { asked } = await hook.notes();
    expect(asked.filter(({ url }) => url.includes('eror'))).toHaveLength(1);
    await hook.show({ q: 'status:ok' });
    await hook.until('view.error === undefined && !view.loading');
  });

  it('asks nothing when it is not enabled, or gone', async () => {
    const gateway = await startArchiveGateway(sampleRuns(2));
    const hook = await RunsHookPage.open(gateway.url);
    await hook.show({ enabled: false });
    await hook.until('!view.loading');
    expect((await hook.notes()).asked).toEqual([]);
    await hook.do('holdAnswers');
    await hook.show({ enabled: true });
    await hook.until('asked.length === 1');
    const { renders } = await hook.notes();
    await hook.do('leave');
    await hook.do('letGo');
    const after = await hook.notes();
    expect(after.renders).toBe(renders);
    expect(after.asked[0]?.aborted).toBe(true);
    expect(hook.faults).toEqual([]);
  });

  it('is as it was when it is not live', async () => {
    const gateway = await startArchiveGateway(sampleRuns(2));
    const hook = await RunsHookPage.open(gateway.url);
    await hook.show({ live: false, sort: 'start' });
    await hook.until('!view.loading');
    expect((await hook.notes()).view.runs.map((run) => run.traceId)).toEqual([
      traceId(1),
      traceId(2),
    ]);
  });

  it('goes on by itself after the gateway was away', async () => {
    const gateway = await startGatewayProcess(['--data', temporaryDirectory()]);
    onTestFinished(() => gateway.kill());
    const publish = async (name: string): Promise<void> => {
      const tracer = createTracer({ url: gateway.url, service: 'test' });
      await tracer.run(name, {}, () => Promise.resolve('done'));
      await tracer.shutdown();
    };
    const hook = await RunsHookPage.open(gateway.url);
    await publish('before');
    await hook.show({ status: 'ok' });
    await hook.until('view.runs.length === 1');
    await gateway.kill();
    await hook.show({ status: '!=running' });
    await hook.until("view.error?.code === 'LOG_UNAVAILABLE'");
    expect((await hook.notes()).view.runs).toHaveLength(1);
    await gateway.restart();
    await hook.until('view.error === undefined && !view.loading && view.runs.length === 1');
    await publish('after');
    await hook.until("view.runs.map(({ name }) => name).join() === 'after,before'");
    expect(hook.faults).toEqual([]);
  });
});
