import { join } from 'node:path';
import { Publisher, createExporter } from '@spantail/agent';
import { createClient, type Cursor } from '@spantail/client';
import { RunTree, newTraceId, type TraceEvent } from '@spantail/protocol';
import type { Browser } from 'playwright-core';
import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { loadRuns, play, publisherSink } from 'spantail';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ROW_PX } from '../../dashboard/src/tree/row-height.ts';
import { startBrowser } from '../support/browser.ts';
import { DashboardPage } from '../support/dashboard/dashboard-page.ts';
import { startDashboardGateway } from '../support/dashboard/recorded-gateway.ts';
import { READ_DRAWN_ROWS, rowsOf, type ShownRow } from '../support/dashboard/shown-tree.ts';
import { generateRun, seededRandom } from '../support/generate-run.ts';
import { RUNS_FOLDER } from '../support/play/fixture.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

const SLIDER = '[role=slider][aria-label="Moment of the run"]';

/** A recorded run in a gateway, a page on it, and the cursors of its events. */
async function openRecorded(file: string) {
  const { url } = await startDashboardGateway();
  const [loaded] = await loadRuns([join(RUNS_FOLDER, file)]);
  if (loaded === undefined) throw new Error(`no run in ${file}`);
  const traceId = newTraceId(randomBytes);
  await using publisher = new Publisher({ exporter: createExporter(url) });
  await play(loaded.run, publisherSink(publisher), { speed: 200, traceId });
  await publisher.shutdown();
  const client = createClient({ url });
  onTestFinished(() => client.close());
  const cursors: Cursor[] = [];
  for await (const item of client.replay(traceId, { speed: 'max', live: false }))
    if ('spanId' in item) cursors.push(item.cursor);
  const page = await DashboardPage.open(browser, url);
  return { client, traceId, cursors, page };
}

/** Waits until the page shows the tree of so many events. */
async function shows(page: DashboardPage, events: number): Promise<void> {
  await page.page.waitForSelector(`${SLIDER}[aria-valuenow="${events}"][aria-valuetext*="event"]`);
}

/** Follows a link to the same run. */
async function follow({ page }: DashboardPage, at: string): Promise<void> {
  await page.evaluate(
    `history.pushState(null, '', location.pathname + '?at=' + encodeURIComponent(${JSON.stringify(at)}))`,
  );
}

/** Scrolls to a row, and answers what is drawn as soon as something is drawn there. */
function drawnAt({ page }: DashboardPage, row: number): Promise<(ShownRow & { top: number })[]> {
  return page.evaluate(`(async () => {
    const scroller = document.querySelector('[role=tree]');
    scroller.scrollTop = ${row * ROW_PX};
    for (;;) {
      const rows = ${READ_DRAWN_ROWS};
      const wanted = scroller.scrollTop;
      if (rows.some(({ top }) => top <= wanted && top + ${ROW_PX} > wanted)) return rows;
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    }
  })()`);
}

describe('the time machine in the browser', () => {
  it('shows the tree that stateAt has, at 100 random moments', { timeout: 600_000 }, async () => {
    const { client, traceId, cursors, page } = await openRecorded('claude-code/tool-heavy.jsonl');
    await page.openRun(traceId);
    const random = seededRandom(4);
    for (let i = 0; i < 100; i++) {
      const index = Math.floor(random() * cursors.length);
      const cursor = cursors[index] ?? '';
      await follow(page, cursor);
      await shows(page, index + 1);
      const tree = await client.stateAt(traceId, cursor);
      expect(await page.rows(), cursor).toEqual(rowsOf(tree));
    }
    expect(await page.problems()).toEqual([]);
    await page.close();
  });

  it('has the moment in the address, and goes back to live in one click', async () => {
    const { client, traceId, cursors, page } = await openRecorded('claude-code/tool-heavy.jsonl');
    const cursor = cursors[9] ?? '';
    await page.openRun(traceId, `?at=${encodeURIComponent(cursor)}`);
    await shows(page, 10);
    expect(await page.rows()).toEqual(rowsOf(await client.stateAt(traceId, cursor)));

    await page.page.keyboard.press('.');
    await shows(page, 11);
    await page.page.waitForURL((url) => url.searchParams.get('at') === cursors[10]);
    await page.page.keyboard.press(',');
    await page.page.keyboard.press(',');
    await shows(page, 9);

    await page.page.focus(SLIDER);
    await page.page.keyboard.press('Home');
    await shows(page, 1);
    await page.page.keyboard.press('End');
    await shows(page, cursors.length);
    await page.page.keyboard.press('ArrowLeft');
    await shows(page, cursors.length - 1);

    await page.page.click('.tm-live');
    await page.page.waitForSelector(`${SLIDER}[aria-valuetext="now"]`);
    await page.page.waitForURL((url) => !url.searchParams.has('at'));
    expect(await page.rows()).toEqual(rowsOf(await client.stateAt(traceId, Date.now() + 60_000)));
    expect(await page.problems()).toEqual([]);
    await page.close();
  });

  it('plays a run from its beginning, and can be dragged', async () => {
    const { traceId, cursors, page } = await openRecorded('claude-code/tool-heavy.jsonl');
    await page.openRun(traceId);
    await page.page.selectOption('.time-machine select', '50');
    // A choice that has the focus would take the key for itself.
    await page.page.focus('[role=tree]');
    // Looked for before it can be there: it is soon gone.
    await Promise.all([
      page.page.waitForSelector('.time-machine [aria-label^="Pause"]'),
      page.page.keyboard.press(' '),
    ]);
    await shows(page, cursors.length);
    await page.page.waitForSelector('.time-machine [aria-label^="Play"]');

    const box = await page.page.locator(SLIDER).boundingBox();
    if (box === null) throw new Error('there is no scrubber');
    await page.page.mouse.move(box.x + box.width - 1, box.y + box.height / 2);
    await page.page.mouse.down();
    await page.page.mouse.move(box.x + 1, box.y + box.height / 2, { steps: 12 });
    await page.page.mouse.up();
    await page.page.waitForFunction(
      `Number(document.querySelector('${SLIDER}').getAttribute('aria-valuenow')) < ${cursors.length / 2}`,
    );
    expect(await page.problems()).toEqual([]);
    await page.close();
  });

  it('goes back and forth in a large run: spans go, open again and close', async () => {
    const gateway = await startDashboardGateway();
    const { traceId, events } = generateRun(31, { spans: 6_000 });
    for (let i = 0; i < events.length; i += 500)
      await gateway.append(traceId, events.slice(i, i + 500), { fin: i + 500 >= events.length });
    const client = createClient({ url: gateway.url });
    onTestFinished(() => client.close());
    const cursors: Cursor[] = [];
    for await (const item of client.replay(traceId, { speed: 'max', live: false }))
      if ('spanId' in item) cursors.push(item.cursor);
    const page = await DashboardPage.open(browser, gateway.url);
    await page.openRun(traceId);
    const whole = events.length;
    const random = seededRandom(8);
    const failure = events.findLastIndex(
      (event) => event.type === 'close' && event.status === 'error',
    );
    const moments = [
      failure + 1,
      failure,
      whole,
      whole - 1,
      whole - 1_000,
      whole - 990,
      40,
      30,
      whole - 10,
      1,
      ...Array.from({ length: 10 }, () => 1 + Math.floor(random() * whole)),
    ];
    let before = 0;
    for (const index of moments) {
      await follow(page, cursors[index - 1] ?? '');
      await shows(page, index);
      const tree = new RunTree(traceId);
      for (const event of events.slice(0, index)) tree.apply(event);
      const expected = rowsOf(tree);
      // About the span that is open again, or the newest.
      const rowOf = (event?: TraceEvent): number =>
        expected.findIndex(({ spanId }) => spanId === event?.spanId);
      const again = index < before ? rowOf(events[index]) : -1;
      const row = again < 0 ? rowOf(events[index - 1]) : again;
      const drawn = await drawnAt(page, row);
      const differing = drawn.filter(
        ({ top, ...one }) => !isDeepStrictEqual(one, expected[top / ROW_PX]),
      );
      expect(differing, `from ${before} to ${index}`).toEqual([]);
      before = index;
    }
    expect(await page.problems()).toEqual([]);
    await page.close();
  });

  it('records a live run while a moment of it is looked at', async () => {
    const gateway = await startDashboardGateway();
    const { traceId, events } = generateRun(21, { spans: 30 });
    const half = Math.floor(events.length / 2);
    await gateway.append(traceId, events.slice(0, half));
    const page = await DashboardPage.open(browser, gateway.url);
    await page.openRun(traceId);
    await page.page.focus(SLIDER);
    await page.page.keyboard.press('Home');
    await shows(page, 1);
    await gateway.append(traceId, events.slice(half));
    await page.page.waitForSelector(`${SLIDER}[aria-valuemax="${events.length}"]`);
    await shows(page, 1);
    expect(await page.rows()).toHaveLength(1);
    await page.page.keyboard.press('l');
    await page.page.waitForSelector(`${SLIDER}[aria-valuetext="now"]`);
    await page.settled();
    expect(await page.rows()).toHaveLength(30);
    expect(await page.problems()).toEqual([]);
    await page.close();
  });
});
