/**
 * The dashboard on a run of 50,000 spans, in a real browser: how soon its tree is there, what a frame
 * takes while the run streams at 1,000 events/s, how soon a search answers, how soon a moment of its
 * past is shown, and what the page's heap has. The gateway is a process of its own; the browser draws
 * without a GPU.
 */
import { randomBytes } from 'node:crypto';
import { Publisher, createExporter } from '@spantail/agent';
import { newTraceId, type TraceEvent } from '@spantail/protocol';
import type { Page } from 'playwright-core';
import { startBrowser } from '../../test/support/browser.ts';
import { installDashboard } from '../../test/support/dashboard/build-dashboard.ts';
import { generateRun } from '../../test/support/generate-run.ts';
import { heapMiB, mainThreadSeconds } from './support/browser-metrics.ts';
import { publishAll, publishPaced, requireNothingDropped } from './support/dashboard-run.ts';
import { quantile, round } from './support/statistics.ts';
import { startSubject } from './support/subject.ts';
import { measureSeeks } from './support/time-machine.ts';

const SPANS = 50_000;
const PER_SECOND = 1_000;
/** Events that stream while frames are counted: 20 s of them. */
const STREAMED = 20_000;
const OPENINGS = 3;
/** Seldom, in a tenth of the spans, in all, in none. */
const SEARCHES = ['input of step 31337', 'failed at', 'step', 'nothing has this'];

export async function run(): Promise<void> {
  await installDashboard();
  await using subject = await startSubject('embedded');
  const { url } = subject.gateway;
  const { traceId: _made, events } = generateRun(5, { spans: SPANS });
  const traceId = newTraceId(randomBytes);
  await using publisher = new Publisher({ exporter: createExporter(url) });
  await publishAll(publisher, traceId, events.slice(0, -STREAMED));
  const browser = await startBrowser();
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => browser.close());

  const paints: number[] = [];
  const wholes: number[] = [];
  for (let i = 0; i < OPENINGS; i++) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const { paintMs, wholeMs } = await open(page, `${url}/runs/${traceId}`);
    paints.push(paintMs);
    wholes.push(wholeMs);
    if (i < OPENINGS - 1) {
      await page.close();
      continue;
    }
    const session = await page.context().newCDPSession(page);
    const before = await heapMiB(session);
    const busyBefore = await mainThreadSeconds(session);
    const frames = await whileStreaming(page, publisher, traceId, events.slice(-STREAMED));
    const busy = (await mainThreadSeconds(session)) - busyBefore;
    const after = await heapMiB(session);
    const searches = await search(page);
    console.table({
      'first rows, ms from the address': round(quantile(paints, 0.5), 0),
      'all that had happened, ms': round(quantile(wholes, 0.5), 0),
      'frame p50, ms': round(quantile(frames, 0.5), 1),
      'frame p95, ms': round(quantile(frames, 0.95), 1),
      'frame p99, ms': round(quantile(frames, 0.99), 1),
      'longest frame, ms': round(Math.max(...frames), 0),
      'main thread while it streams, CPU': `${round((busy * PER_SECOND * 100) / STREAMED, 0)} %`,
      'heap before and after, MiB': `${round(before, 0)}, ${round(after, 0)}`,
    });
    console.table(searches);
    await page.close();
  }
  const { seeks, heapMiB: heaps } = await measureSeeks(browser, url, traceId);
  console.table(seeks);
  console.table({ 'heap without, with a recording, and after seeks, MiB': heaps });
  requireNothingDropped(publisher);
}

/** From the address being entered, by the page's own clock. */
async function open(page: Page, address: string): Promise<{ paintMs: number; wholeMs: number }> {
  await page.addInitScript(`{
    const look = () => {
      const row = document.querySelector('[role=treeitem]');
      if (row === null) requestAnimationFrame(look);
      // The frame behind the one in which it was found has been drawn.
      else requestAnimationFrame(() => { globalThis.paintedMs = performance.now(); });
    };
    requestAnimationFrame(look);
  }`);
  await page.goto(address);
  await page.waitForSelector('.watch-indicator[data-kind=live]', { timeout: 120_000 });
  return page.evaluate<{ paintMs: number; wholeMs: number }>(
    '({ paintMs: globalThis.paintedMs, wholeMs: performance.now() })',
  );
}

/** Milliseconds between frames while the rest of the run comes in. */
async function whileStreaming(
  page: Page,
  publisher: Publisher,
  traceId: string,
  events: readonly TraceEvent[],
): Promise<number[]> {
  await page.evaluate(`{
    globalThis.frames = [];
    let before = performance.now();
    const count = (nowMs) => { globalThis.frames.push(nowMs - before); before = nowMs; if (globalThis.counting) requestAnimationFrame(count); };
    globalThis.counting = true;
    requestAnimationFrame((nowMs) => { before = nowMs; requestAnimationFrame(count); });
  }`);
  await publishPaced(publisher, traceId, events, PER_SECOND);
  return page.evaluate<number[]>('(globalThis.counting = false, globalThis.frames)');
}

/** From the text being in the box to the count of matches in the page. */
async function search(page: Page): Promise<{ search: string; found: string; ms: number }[]> {
  const figures: { search: string; found: string; ms: number }[] = [];
  for (const text of SEARCHES) {
    const { found, ms } = await page.evaluate<{ found: string; ms: number }>(`(async () => {
      const box = document.querySelector('.search-box input');
      const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
      const enter = (text) => { set.call(box, text); box.dispatchEvent(new Event('input', { bubbles: true })); };
      const shown = () => document.querySelector('.search-count')?.textContent ?? '';
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      enter('');
      while (shown() !== '') await frame();
      await new Promise((done) => setTimeout(done, 300));
      const beginMs = performance.now();
      enter(${JSON.stringify(text)});
      while (shown() === '' || shown() === '…') await frame();
      return { found: shown(), ms: performance.now() - beginMs };
    })()`);
    figures.push({ search: text, found, ms: round(ms, 0) });
  }
  return figures;
}
