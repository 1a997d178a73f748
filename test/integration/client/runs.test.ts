import { RUNS_STREAM } from '@spantail/protocol';
import type { NoticeItem, RunItem, RunsOptions } from '@spantail/client';
import { describe, expect, it } from 'vitest';
import { connect } from '../../support/client/connect.ts';
import { publishRun } from '../../support/client/publish.ts';
import { generateRun } from '../../support/generate-run.ts';
import { eventually, startTestGateway, type TestGateway } from '../../support/gateway.ts';

const ending = { tracker: { graceMs: 5 } };

async function now(gateway: TestGateway, options: RunsOptions = {}): Promise<RunItem[]> {
  const items: RunItem[] = [];
  for await (const run of connect(gateway).runs({ live: false, ...options })) items.push(run);
  return items;
}

/** Until the feed has told the end of so many runs. */
async function allEnded(gateway: TestGateway, count: number): Promise<RunItem[]> {
  let items: RunItem[] = [];
  await eventually(async () => {
    items = await now(gateway);
    return items.filter(({ endUs }) => endUs !== undefined).length >= count;
  }, 'all runs have ended');
  return items;
}

describe('the feed of runs', () => {
  it('[CL1, SUB15] tells runs as they start and end, live', async () => {
    const gateway = await startTestGateway(ending);
    const feed = connect(gateway).runs();
    const { traceId, events } = generateRun(51);
    const first = feed.next();
    await gateway.append(traceId, events.slice(0, 1));
    const { value: started } = await first;
    expect(started).toMatchObject({ traceId, name: 'step 0', status: 'running' });
    await gateway.append(traceId, events.slice(1), { fin: true });
    for (;;) {
      const { value: run } = await feed.next();
      if (!run || run.endUs === undefined) continue;
      expect(run).toMatchObject({ traceId, service: 'generated' });
      expect(run.status).not.toBe('running');
      break;
    }
    await feed.return();
  });

  it('[SUB15, CL3] filters, and resumes behind every item of the feed', async () => {
    const gateway = await startTestGateway(ending);
    for (const seed of [52, 53, 54]) await publishRun(gateway, seed);
    const all = await allEnded(gateway, 3);
    const ended = await now(gateway, { filter: { status: 'ended' } });
    expect(ended).toHaveLength(3);
    expect(ended.every(({ status }) => status !== 'running')).toBe(true);
    expect(await now(gateway, { filter: { service: 'nobody' } })).toEqual([]);
    for (const [i, { cursor }] of all.entries()) {
      const rest = await now(gateway, { after: cursor });
      expect(rest.map(({ traceId, revision }) => [traceId, revision])).toEqual(
        all.slice(i + 1).map(({ traceId, revision }) => [traceId, revision]),
      );
    }
    // Of a filtered feed, too: what was left out in between is not asked for again.
    const [first] = ended;
    const after = first?.cursor ?? '';
    expect(await now(gateway, { filter: { status: 'ended' }, after })).toEqual(ended.slice(1));
  });

  it('[CL13] reports an item that cannot be read, and goes on', async () => {
    const gateway = await startTestGateway(ending);
    await gateway.log.append({
      project: 'default',
      streamId: RUNS_STREAM,
      producer: 'strange',
      number: 1,
      fin: false,
      events: [new Uint8Array([0x80])],
      blobs: [],
      refs: [],
    });
    const { traceId } = await publishRun(gateway, 55);
    await allEnded(gateway, 1);
    const notices: NoticeItem[] = [];
    const items = await now(gateway, { onNotice: (notice) => notices.push(notice) });
    expect(notices).toMatchObject([{ type: 'invalid' }]);
    expect(items.at(-1)).toMatchObject({ traceId });
    expect(items.at(-1)?.endUs).toBeDefined();
  });

  it('[CL4] tells that the feed begins anew', async () => {
    const gateway = await startTestGateway(ending);
    await publishRun(gateway, 56);
    const [first] = await allEnded(gateway, 1);
    const after = (first?.cursor ?? '').replace(/\.[0-9a-z]+\./, '.zzzz.');
    const notices: NoticeItem[] = [];
    const again = await now(gateway, { after, onNotice: (notice) => notices.push(notice) });
    expect(notices).toEqual([{ type: 'reset', reason: 'recreated' }]);
    expect(again[0]).toEqual(first);
  });

  it('[CL6] fails for a cursor of a trace', async () => {
    const gateway = await startTestGateway(ending);
    const { traceId } = await publishRun(gateway, 57);
    const { value } = await connect(gateway).events(traceId).next();
    const after = value && 'cursor' in value ? value.cursor : '';
    await expect(now(gateway, { after })).rejects.toMatchObject({ code: 'CURSOR_OTHER_TRACE' });
  });
});
