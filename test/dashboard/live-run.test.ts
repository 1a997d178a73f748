import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Publisher, createExporter } from '@spantail/agent';
import { newTraceId, type TraceEvent } from '@spantail/protocol';
import type { Browser } from 'playwright-core';
import { randomBytes } from 'node:crypto';
import { loadRuns, play, publisherSink } from 'spantail';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { watchedTree } from '../support/agent/watched-tree.ts';
import { startBrowser } from '../support/browser.ts';
import { DashboardPage } from '../support/dashboard/dashboard-page.ts';
import { startDashboardGateway } from '../support/dashboard/recorded-gateway.ts';
import { rowsOf } from '../support/dashboard/shown-tree.ts';
import { RUNS_FOLDER } from '../support/play/fixture.ts';

const TRACES = process.env['SPANTAIL_TRACES'];
const LONG_RUN = 'claude-code/ae4a77f8-aedd-4bc1-888f-c94edc91af04.jsonl';
/** As it is, or packed; in the folder, or in that of its format. */
const LONG_FILE = [LONG_RUN, LONG_RUN.replace('claude-code/', '')]
  .flatMap((path) => [path, `${path}.gz`])
  .map((path) => join(TRACES ?? '', path))
  .find((path) => TRACES !== undefined && existsSync(path));
if (LONG_FILE === undefined)
  console.log(
    'traces directory absent: set SPANTAIL_TRACES to see a run of 478 spans in the browser, too',
  );

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

/** Plays a run at 20 times its speed under the eyes of a page. */
async function watchLive(file: string): Promise<void> {
  const { url } = await startDashboardGateway();
  const [loaded] = await loadRuns([file]);
  if (loaded === undefined) throw new Error(`no run in ${file}`);
  const page = await DashboardPage.open(browser, url);
  const traceId = newTraceId(randomBytes);
  await page.goto(`/runs/${traceId}`);
  await using publisher = new Publisher({ exporter: createExporter(url) });
  const playing = play(loaded.run, publisherSink(publisher), { speed: 20, traceId });
  // It is there while it happens.
  await page.page.waitForSelector('[role=treeitem][data-state=open]');
  await page.page.waitForSelector('.watch-indicator[data-kind=live]');
  await playing;
  await publisher.shutdown();
  await page.ended();
  const tree = await watchedTree(url, traceId);
  expect(tree.spanCount).toBeGreaterThan(5);
  expect(await page.rows()).toEqual(rowsOf(tree));
  expect(await page.problems()).toEqual([]);
  await page.close();
}

describe('a live run in the browser', () => {
  it('shows in the end what the reducer has', async () => {
    await watchLive(join(RUNS_FOLDER, 'claude-code/tool-heavy.jsonl'));
  });

  it.skipIf(LONG_FILE === undefined)(
    'shows in the end what the reducer has, of hundreds of spans and sub-agents',
    { timeout: 400_000 },
    async () => {
      await watchLive(LONG_FILE ?? '');
    },
  );

  it('says who was slow of the whole run when it is over, however fast the end came', async () => {
    const gateway = await startDashboardGateway();
    const traceId = newTraceId(randomBytes);
    const startUs = Date.now() * 1_000;
    const idOf = (n: number): string => String(n).padStart(16, '0');
    const open = (n: number, name: string, spanType: 'agent' | 'model' | 'tool'): TraceEvent => ({
      type: 'open',
      spanId: idOf(n),
      ...(n === 1 ? {} : { parentSpanId: idOf(1) }),
      name,
      spanType,
      startUs: startUs + n,
    });
    const close = (n: number): TraceEvent => ({
      type: 'close',
      spanId: idOf(n),
      endUs: startUs + 1_000_000,
      status: 'ok',
      usage: n === 2 ? { inputTokens: 4_000, outputTokens: 321 } : {},
    });
    await gateway.append(traceId, [open(1, 'run', 'agent'), open(2, 'answer', 'model')]);
    const page = await DashboardPage.open(browser, gateway.url);
    await page.openRun(traceId);
    await page.page.getByRole('button', { name: 'Who is slow' }).click();
    await page.page.getByRole('button', { name: 'Critical path' }).click();
    const panel = "document.querySelector('.slow-panel').textContent";
    await gateway.append(traceId, [open(3, 'search', 'tool')]);
    await page.until(`${panel}.includes('search')`);
    // Right behind that: what was counted last is not counted again so soon.
    const end = [close(3), open(4, 'read', 'tool'), close(4), close(2), close(1)];
    await gateway.append(traceId, end, { fin: true });
    await page.ended();
    await page.until(`${panel}.includes('read') && ${panel}.includes('4.3k')`, 10_000);
    expect(await page.problems()).toEqual([]);
    await page.close();
  });
});

describe('the heading of a run', () => {
  it('leads to the run of its agent before it, and copies its id where there is no clipboard', async () => {
    const gateway = await startDashboardGateway();
    const ids = [1, 2, 3].map((n) => String(n).repeat(32));
    const agents = ['helper', 'other', 'helper', 'helper'];
    for (const [i, traceId] of [...ids.slice(0, 1), 'f'.repeat(32), ...ids.slice(1)].entries())
      await gateway.append(
        traceId,
        [
          {
            type: 'open',
            spanId: 'a'.repeat(16),
            name: 'run',
            spanType: 'agent',
            startUs: 1_764_000_000_000_000 + i,
            attributes: { 'gen_ai.agent.name': agents[i] ?? '' },
          },
          { type: 'close', spanId: 'a'.repeat(16), endUs: 1_764_000_001_000_000, status: 'ok' },
        ],
        { fin: true },
      );
    const page = await DashboardPage.open(browser, gateway.url);
    // As on a page that is served from another machine without TLS.
    await page.page.addInitScript(
      "Object.defineProperty(navigator, 'clipboard', { value: undefined })",
    );
    const link = page.page.getByRole('link', { name: 'Compare with previous' });
    await page.openRun(ids[1] ?? '');
    await link.waitFor();
    expect(await link.getAttribute('href')).toBe(`/compare/${ids[0]}/${ids[1]}`);
    await page.page.getByRole('button', { name: /Copy the trace id/ }).click();
    await page.page.getByRole('button', { name: 'copied' }).waitFor();
    await page.page.getByRole('searchbox').focus();
    await page.page.keyboard.press('Control+v');
    expect(await page.page.getByRole('searchbox').inputValue()).toBe(ids[1]);
    // The first one has none before it, whatever came later.
    const answer = page.page.waitForResponse(/api\/v1\/runs\?.*start=/);
    await page.openRun(ids[0] ?? '');
    await answer;
    await page.settled();
    expect(await link.count()).toBe(0);
    expect(await page.problems()).toEqual([]);
    await page.close();
  });
});
