import { RunTree, type TraceEvent } from '@spantail/protocol';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROW_PX } from '../../dashboard/src/tree/row-height.ts';
import { startBrowser } from '../support/browser.ts';
import { DashboardPage } from '../support/dashboard/dashboard-page.ts';
import { startDashboardGateway } from '../support/dashboard/recorded-gateway.ts';
import { READ_DRAWN_ROWS, rowsOf, type ShownRow } from '../support/dashboard/shown-tree.ts';
import type { TestGateway } from '../support/gateway.ts';
import { generateRun, seededRandom } from '../support/generate-run.ts';

const SPANS = 50_000;
/** Events that come while the page is open. */
const LIVE_EVENTS = 20_000;
const ENTRY_EVENTS = 500;

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

async function append(
  gateway: TestGateway,
  traceId: string,
  events: TraceEvent[],
  fin = false,
): Promise<void> {
  for (let i = 0; i < events.length; i += ENTRY_EVENTS) {
    const isLast = i + ENTRY_EVENTS >= events.length;
    await gateway.append(traceId, events.slice(i, i + ENTRY_EVENTS), { fin: fin && isLast });
  }
}

/** Where the page's tree is, and what is drawn there. */
async function drawnAt(page: DashboardPage, row: number): Promise<(ShownRow & { top: number })[]> {
  return page.evaluate(`(async () => {
    const scroller = document.querySelector('[role=tree]');
    scroller.scrollTop = ${row * ROW_PX};
    const wanted = scroller.scrollTop;
    for (;;) {
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      const rows = ${READ_DRAWN_ROWS};
      if (rows.some(({ top }) => top <= wanted && top + ${ROW_PX} > wanted)) return rows;
    }
  })()`);
}

describe('a run of 50,000 spans in the browser', () => {
  it('opens, follows what comes, scrolls and is searched', async () => {
    const gateway = await startDashboardGateway();
    const { traceId, events } = generateRun(5, { spans: SPANS });
    const tree = new RunTree(traceId);
    for (const event of events) tree.apply(event);
    const expected = rowsOf(tree);
    expect(expected).toHaveLength(SPANS);

    await append(gateway, traceId, events.slice(0, -LIVE_EVENTS));
    const page = await DashboardPage.open(browser, gateway.url);
    await page.openRun(traceId);
    await page.page.waitForSelector('.watch-indicator[data-kind=live]', { timeout: 120_000 });
    await append(gateway, traceId, events.slice(-LIVE_EVENTS), true);
    await page.ended();
    await page.until(`document.querySelector('[role=tree]').scrollHeight >= ${SPANS * ROW_PX}`);

    // Anywhere.
    const random = seededRandom(3);
    const places = [0, SPANS - 1, ...Array.from({ length: 15 }, () => random() * SPANS)];
    for (const place of places) {
      const drawn = await drawnAt(page, Math.floor(place));
      expect(drawn.length).toBeGreaterThan(20);
      // Only what can be seen, and a little around it.
      expect(drawn.length).toBeLessThan(200);
      for (const { top, ...row } of drawn) expect(row).toEqual(expected[top / ROW_PX]);
    }

    // By a word that one span has, and by one that a tenth of them has.
    const search = page.page.getByRole('searchbox', { name: 'Search in this run' });
    const wanted = 'input of step 31337';
    await search.fill(wanted);
    await page.until(
      "/^./.test(document.querySelector('.search-count')?.textContent ?? '') && !document.querySelector('.search-count').textContent.includes('…')",
    );
    expect(await page.page.locator('.search-count').textContent()).toBe('–/1');
    await search.press('Enter');
    const found = page.page.locator('[role=treeitem][aria-selected=true]');
    await found.waitFor();
    expect(await found.locator('.tree-name').textContent()).toBe('step 31337');
    const failed = expected.filter((row) => row.isFailed).length;
    await search.fill('failed at');
    await page.until(`document.querySelector('.search-count').textContent === '–/${failed}'`);
    await page.page.getByRole('button', { name: 'Only matches' }).click();
    await page.until(`document.querySelector('[role=tree]').scrollHeight < ${SPANS * ROW_PX}`);
    expect(await page.problems()).toEqual([]);
    await page.close();
  });
});
