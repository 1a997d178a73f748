import { createClient, type Cursor } from '@spantail/client';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { heapMiB, mainThreadSeconds } from './browser-metrics.ts';
import { pause } from './clock.ts';
import { median, round } from './statistics.ts';

/** Pages, each of which reads the log once. */
const PAGES = 3;
/** Of each way there and back on each page. */
const ROUNDS = 3;
/** Until a page that was opened, or a moment that is shown, leaves its thread alone. */
const REST_MS = 2_000;

const KNOWN_TO_ITS_END = ['live', 'off']
  .map((kind) => `.watch-indicator[data-kind=${kind}]`)
  .join(', ');

type Way = 'first' | 'forward' | 'back' | 'nearly all the way back' | 'one event back';

/** Milliseconds from a moment being asked for to its being shown, and the page's heap. */
export interface SeekFigures {
  seeks: { way: Way; ms: number; 'page CPU, ms': number }[];
  heapMiB: { before: number; recorded: number; after: number };
}

/** The page of a large run, taken to moments by its address, as by a link that somebody sent. */
export async function measureSeeks(
  browser: Browser,
  url: string,
  traceId: string,
): Promise<SeekFigures> {
  const cursors = await cursorsOf(url, traceId);
  const figures = new Map<Way, { ms: number[]; cpuMs: number[] }>();
  const heap = { before: [] as number[], recorded: [] as number[], after: [] as number[] };
  for (let i = 0; i < PAGES; i++) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(`${url}/runs/${traceId}`);
    await page.waitForSelector(KNOWN_TO_ITS_END, { timeout: 120_000 });
    await pause(REST_MS);
    const session = await page.context().newCDPSession(page);
    const go = async (way: Way, share: number, events = 0): Promise<void> => {
      const index = Math.round(share * cursors.length) + events;
      const { ms, cpuMs } = await seek(page, session, cursors[index - 1] ?? '', index);
      const known = figures.get(way) ?? { ms: [], cpuMs: [] };
      known.ms.push(ms);
      known.cpuMs.push(cpuMs);
      figures.set(way, known);
      await pause(REST_MS / 4);
    };
    heap.before.push(await heapMiB(session));
    await go('first', 1);
    heap.recorded.push(await heapMiB(session));
    for (let round = 0; round < ROUNDS; round++) {
      // Nearly as far as it goes back: what lies before a third is folded from the beginning.
      await go('back', 0.4);
      await go('forward', 1);
      await go('one event back', 1, -1);
      await go('nearly all the way back', 0.02);
      await go('forward', 1);
    }
    heap.after.push(await heapMiB(session));
    await page.close();
  }
  return {
    seeks: Array.from(figures, ([way, { ms, cpuMs }]) => ({
      way,
      ms: round(median(ms), 0),
      'page CPU, ms': round(median(cpuMs), 0),
    })),
    heapMiB: {
      before: round(median(heap.before), 0),
      recorded: round(median(heap.recorded), 0),
      after: round(median(heap.after), 0),
    },
  };
}

async function cursorsOf(url: string, traceId: string): Promise<Cursor[]> {
  await using client = createClient({ url });
  const cursors: Cursor[] = [];
  for await (const item of client.replay(traceId, { speed: 'max', live: false }))
    if ('spanId' in item) cursors.push(item.cursor);
  return cursors;
}

/** Until the scrubber stands there: it does in the same picture as the tree. */
async function seek(
  page: Page,
  session: CDPSession,
  cursor: Cursor,
  index: number,
): Promise<{ ms: number; cpuMs: number }> {
  const before = await mainThreadSeconds(session);
  const ms = await page.evaluate<number>(`(async () => {
    const scrubber = document.querySelector('[role=slider][aria-label="Moment of the run"]');
    const told = (name) => scrubber.getAttribute(name);
    const beginMs = performance.now();
    history.pushState(null, '', location.pathname + '?at=' + encodeURIComponent(${JSON.stringify(cursor)}));
    while (told('aria-valuenow') !== '${index}' || told('aria-valuetext') === 'now')
      await new Promise((done) => requestAnimationFrame(done));
    return performance.now() - beginMs;
  })()`);
  return { ms, cpuMs: ((await mainThreadSeconds(session)) - before) * 1_000 };
}
