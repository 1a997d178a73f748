import { buildPayload, treeToJson, RunTree, type TraceEvent } from '@spantail/protocol';
import type { Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { bundleForBrowser } from '../support/client/bundle.ts';
import { servePage } from '../support/client/page-server.ts';
import { hashBlob } from '../support/codec/hash-blob.ts';
import { startTestGateway } from '../support/gateway.ts';
import { generateRun } from '../support/generate-run.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';

/** What the author of a page would write; it runs in the browser. */
const PAGE = `
  import { createClient, treeToJson } from '@spantail/client';
  globalThis.start = (url, traceId) => {
    const client = createClient({ url });
    const page = { events: [], ended: false, waits: 0, tree: undefined, input: undefined };
    client.on('status', (status) => { if (status.kind === 'waiting') page.waits++; });
    const run = client.watch(traceId);
    run.on('change', (tree) => {
      const lines = [];
      for (const { span, depth } of tree.walk())
        lines.push('  '.repeat(depth) + span.name + ' ' + span.state);
      document.querySelector('#tree').textContent = lines.join('\\n');
      page.tree = treeToJson(tree);
    });
    run.on('end', async () => { page.input = await run.tree.roots[0].input.load(); });
    (async () => {
      for await (const { cursor, ...event } of client.events(traceId)) page.events.push(event);
      page.ended = true;
    })();
    globalThis.page = page;
  };`;

interface PageState {
  events: TraceEvent[];
  ended: boolean;
  waits: number;
  tree: unknown;
  input: unknown;
}

/** As JSON, because that is how values leave a page. */
async function stateOf(page: Page): Promise<PageState> {
  return JSON.parse(await page.evaluate<string>('JSON.stringify(globalThis.page)')) as PageState;
}

function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('the client in a browser', () => {
  it('[CL1, CL7, CL15, CL18] shows a run live, every event once, across a cut socket', async () => {
    const gateway = await startTestGateway({ tracker: { graceMs: 5 } });
    const port = Number(new URL(gateway.url).port);
    const proxy = await TcpProxy.start(() => port);
    const server = await servePage((await bundleForBrowser(PAGE)).code);
    const browser = await startBrowser();
    onTestFinished(async () => {
      await browser.close();
      await server.close();
      await proxy.close();
    });
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(server.url);
    const { traceId, events } = generateRun(61, { spans: 12 });
    const input = 'a long question '.repeat(100);
    const { payload, blobs } = buildPayload(input, hashBlob);
    const [first] = events;
    if (first?.type === 'open') first.input = payload;

    await page.evaluate(`start('http://127.0.0.1:${proxy.port}', '${traceId}')`);
    const arrived = (count: number): Promise<unknown> =>
      page.waitForFunction(`globalThis.page.events.length >= ${count}`);
    const half = Math.floor(events.length / 2);
    await gateway.append(traceId, events.slice(0, 1), { blobs });
    await arrived(1);
    await page.waitForFunction("document.querySelector('#tree').textContent === 'step 0 open'");
    for (const event of events.slice(1, half)) await gateway.append(traceId, [event]);
    await arrived(half);
    while (proxy.cut(0)) await new Promise((resolve) => setImmediate(resolve));
    for (const event of events.slice(half)) await gateway.append(traceId, [event], { fin: true });
    await page.waitForFunction('globalThis.page.ended && globalThis.page.input !== undefined');

    const state = await stateOf(page);
    expect(state.waits).toBeGreaterThan(0);
    expect(state.events).toEqual(asJson(events));
    const tree = new RunTree(traceId);
    for (const event of events) tree.apply(event);
    // References are bytes, which JSON writes as an object.
    expect(state.tree).toEqual(asJson(treeToJson(tree)));
    expect(state.input).toBe(input);
    const lines = ((await page.textContent('#tree')) ?? '').split('\n');
    expect(lines).toHaveLength(tree.spanCount);
    expect(lines.every((line) => line.endsWith(' closed'))).toBe(true);
    expect(faults).toEqual([]);
  });
});
