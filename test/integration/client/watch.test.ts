import { execFile } from 'node:child_process';
import { RunTree, treeToJson, type WatchStatus, type WatchedRun } from '@spantail/client';
import { buildPayload, toHex, type TraceEvent } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { connect, connectThrough } from '../../support/client/connect.ts';
import { collect, isEvent } from '../../support/client/collect.ts';
import { publishRun } from '../../support/client/publish.ts';
import { hashBlob } from '../../support/codec/hash-blob.ts';
import { generateRun } from '../../support/generate-run.ts';
import { eventually, startTestGateway, type TestGateway } from '../../support/gateway.ts';

const ending = { tracker: { graceMs: 5 } };

function foldOf(traceId: string, events: TraceEvent[]) {
  const tree = new RunTree(traceId);
  for (const event of events) tree.apply(event);
  return treeToJson(tree);
}

function ended(run: WatchedRun): Promise<unknown> {
  return new Promise((resolve) => run.on('end', resolve));
}

describe('watching a run', () => {
  it('[CL17] keeps the tree that the reducer makes of the events', async () => {
    const gateway = await startTestGateway(ending);
    const run = connect(gateway).watch('a'.repeat(32));
    expect(run.tree.spanCount).toBe(0);
    for (const seed of [31, 32, 33]) {
      const { traceId, events } = generateRun(seed);
      const watched = connect(gateway).watch(traceId);
      const end = ended(watched);
      let changes = 0;
      watched.on('change', (tree) => {
        expect(tree).toBe(watched.tree);
        changes++;
      });
      for (let i = 0; i < events.length; i += 4)
        await gateway.append(traceId, events.slice(i, i + 4), { fin: true });
      await end;
      await eventually(() => changes > 0, 'a change was announced');
      expect(treeToJson(watched.tree)).toEqual(foldOf(traceId, events));
      const statuses = [watched.status];
      watched.close();
      expect([...statuses, watched.status]).toEqual(['ended', 'closed']);
      expect(treeToJson(watched.tree)).toEqual(foldOf(traceId, events));
    }
    run.close();
  });

  it('[CL17] announces many events as one change', async () => {
    const gateway = await startTestGateway();
    const { traceId } = await publishRun(gateway, 34, { entryEvents: 1 });
    const run = connect(gateway).watch(traceId);
    let changes = 0;
    run.on('change', () => changes++);
    await eventually(() => run.status === 'live', 'it is live');
    await eventually(() => changes > 0, 'a change was announced');
    expect(changes).toBeLessThan(3);
  });

  it('[CL3] resumes the tree of what comes behind a cursor', async () => {
    const gateway = await startTestGateway(ending);
    const { traceId, events } = await publishRun(gateway, 35);
    const items = await collect(connect(gateway), traceId);
    const middle = items[Math.floor(items.length / 2)];
    if (middle === undefined || !isEvent(middle)) throw new Error('events only');
    const run = connect(gateway).watch(traceId, { after: middle.cursor });
    await ended(run);
    const rest = events.slice(Math.floor(items.length / 2) + 1);
    expect(treeToJson(run.tree)).toEqual(foldOf(traceId, rest));
    // Its own cursor is a place to resume at, too.
    expect(run.cursor).toBeDefined();
    const after = run.cursor ?? '';
    expect(await collect(connect(gateway), traceId, Infinity, { after })).toEqual([]);
  });

  it('[CL12, CL16] can be closed by its own listeners, and calls none afterwards', async () => {
    const gateway = await startTestGateway(ending);
    const { traceId } = await publishRun(gateway, 36);
    await gateway.log.append({
      project: 'default',
      streamId: traceId,
      producer: 'strange',
      number: 1,
      fin: true,
      events: [new Uint8Array([0xc1]), new Uint8Array([0xc1])],
      blobs: [],
      refs: [],
    });
    for (const name of ['status', 'change', 'end', 'invalid'] as const) {
      const { client, proxy } = await connectThrough(gateway);
      const run = client.watch(traceId);
      const called: string[] = [];
      let closedAt = -1;
      for (const one of ['status', 'change', 'end', 'invalid', 'error'] as const)
        run.on(one, () => {
          called.push(run.status === 'closed' ? `${one} closed` : one);
          if (one !== name || closedAt >= 0) return;
          closedAt = called.length;
          run.close();
        });
      await eventually(() => closedAt >= 0, `${name} closed it`);
      await eventually(() => proxy.connections === 0, 'the socket is closed');
      await new Promise((resolve) => setImmediate(resolve));
      expect(called.slice(closedAt)).toEqual(['status closed']);
    }
  });

  it('[CL12] is closed by its signal and with its client', async () => {
    const gateway = await startTestGateway();
    const { traceId } = await publishRun(gateway, 37);
    const { client, proxy } = await connectThrough(gateway);
    const stop = new AbortController();
    const [one, two] = [client.watch(traceId, { signal: stop.signal }), client.watch(traceId)];
    const statuses: WatchStatus[] = [];
    two.on('status', (status) => statuses.push(status));
    await eventually(() => one.status === 'live' && two.status === 'live', 'both are live');
    stop.abort();
    expect([one.status, two.status]).toEqual(['closed', 'live']);
    client.close();
    expect(statuses).toEqual(['catching-up', 'live', 'closed']);
    await eventually(() => proxy.connections === 0, 'the sockets are closed');
  });

  it('[CL6] says why it failed, and leaves the socket', async () => {
    const gateway = await startTestGateway();
    const { client, proxy } = await connectThrough(gateway);
    const run = client.watch('a'.repeat(32), { after: 'no cursor' });
    const error = await new Promise((resolve) => run.on('error', resolve));
    expect(error).toMatchObject({ code: 'CURSOR_INVALID' });
    expect([run.status, run.error]).toEqual(['failed', error]);
    await eventually(() => proxy.connections === 0, 'the socket is closed');
  });

  it('[CL12] leaves nothing behind that keeps a program alive', async () => {
    const gateway = await startTestGateway();
    const { traceId } = await publishRun(gateway, 38);
    const program = `
      import { createClient } from '@spantail/client';
      const client = createClient({ url: process.argv[1] });
      const run = client.watch(process.argv[2]);
      await new Promise((resolve) => run.on('change', resolve));
      for await (const item of client.events(process.argv[2])) { console.log(item.type); break; }
      const nobody = createClient({ url: 'ws://127.0.0.1:1' });
      const waiting = nobody.watch(process.argv[2]);
      await new Promise((resolve) => nobody.on('status', (s) => s.kind === 'waiting' && resolve()));
      waiting.close();
      run.close();
      console.log('done');`;
    const args = [
      '--conditions=source',
      '--input-type=module',
      '-e',
      program,
      gateway.url,
      traceId,
    ];
    const ended = await new Promise<object>((resolve) => {
      const options = { cwd: import.meta.dirname, timeout: 30_000 };
      const child = execFile(process.execPath, args, options, (_error, stdout, stderr) =>
        resolve({ stdout, stderr, status: child.exitCode }),
      );
    });
    expect(ended).toMatchObject({ stdout: 'open\ndone\n', status: 0 });
  });
});

describe('loading payloads', () => {
  const input = { messages: ['question '.repeat(200)] };
  const list = Array.from({ length: 80 }, (_, i) => ({
    role: 'user',
    content: `${i} `.repeat(60),
  }));

  async function publishPayloads(gateway: TestGateway): Promise<string> {
    const traceId = 'c'.repeat(32);
    const spanId = 'd'.repeat(16);
    const [built, second, output] = [input, list, 'answer '.repeat(300)].map((value) =>
      buildPayload(value, hashBlob),
    );
    if (built === undefined || second === undefined || output === undefined) throw new Error();
    await gateway.append(
      traceId,
      [
        { type: 'open', spanId, name: 'n', spanType: 'model', startUs: 1, input: built.payload },
        { type: 'update', spanId, seq: 0, input: second.payload },
        { type: 'close', spanId, endUs: 2, status: 'ok', output: output.payload },
      ],
      { fin: true, blobs: [...built.blobs, ...second.blobs, ...output.blobs] },
    );
    return traceId;
  }

  it.each(['reference', 'inline'] as const)(
    '[CL15, SUB14] of events and spans by load(), with payloads %s',
    async (payloads) => {
      const gateway = await startTestGateway(ending);
      const traceId = await publishPayloads(gateway);
      const asked: string[] = [];
      const client = connect(gateway, {
        payloads,
        fetch: (url, init) => {
          if (typeof url === 'string') asked.push(url);
          return fetch(url, init);
        },
      });
      const values: unknown[] = [];
      for await (const item of client.events(traceId)) {
        if ((item.type === 'open' || item.type === 'update') && item.input !== undefined)
          values.push(await item.input.load());
        else if (item.type === 'close') values.push(await item.output?.load());
      }
      expect(values).toEqual([input, list, 'answer '.repeat(300)]);
      const first = asked.length;
      expect(first > 0).toBe(payloads === 'reference');

      const run = client.watch(traceId);
      await ended(run);
      const [root] = run.tree.roots;
      if (root === undefined) throw new Error('no root');
      expect(await root.input?.load()).toEqual(list);
      expect(await run.tree.get(root.spanId)?.output?.load()).toBe('answer '.repeat(300));
      expect(await run.input(root)).toEqual(list);
      expect(await run.output(root)).toBe('answer '.repeat(300));
      expect(await client.load(traceId, root.output ?? (values[0] as never))).toBe(values[2]);
      // It knew all of it from before.
      expect(asked).toHaveLength(first);
      expect(JSON.stringify(root.input)).not.toContain('load');
    },
  );

  it('[CL15] gives the partial output of a span that has no other', async () => {
    const gateway = await startTestGateway();
    const traceId = 'e'.repeat(32);
    const spanId = 'f'.repeat(16);
    const run = connect(gateway).watch(traceId);
    await gateway.append(traceId, [
      { type: 'open', spanId, name: 'n', spanType: 'model', startUs: 1 },
      { type: 'update', spanId, seq: 0, outputDelta: 'so far' },
    ]);
    await eventually(() => run.tree.get(spanId)?.outputText === 'so far', 'the delta came');
    const span = run.tree.get(spanId);
    if (span === undefined) throw new Error('no span');
    expect(await run.output(span)).toBe('so far');
    expect(await run.input(span)).toBeUndefined();
  });

  it('[CL15] fails for content that nobody has any more', async () => {
    const gateway = await startTestGateway(ending);
    const traceId = 'c'.repeat(32);
    const { payload, blobs } = buildPayload('gone '.repeat(300), hashBlob);
    await gateway.append(traceId, [
      {
        type: 'open',
        spanId: 'd'.repeat(16),
        name: 'n',
        spanType: 'tool',
        startUs: 1,
        input: payload,
      },
    ]);
    const [item] = await collect(connect(gateway), traceId, 1);
    if (item?.type !== 'open' || item.input === undefined) throw new Error('no input');
    await expect(item.input.load()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(item.input.load()).rejects.toThrow(toHex(blobs[0]?.ref ?? new Uint8Array()));
  });
});
