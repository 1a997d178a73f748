import type { TraceEvent } from '@spantail/protocol';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { DashboardPage } from '../support/dashboard/dashboard-page.ts';
import { SMALL_RUN as LINES, named } from '../support/dashboard/named-lines.ts';
import { startDashboardGateway } from '../support/dashboard/recorded-gateway.ts';
import type { TestGateway } from '../support/gateway.ts';
import { textPayload } from '../support/generate-run.ts';
import { eventsOf } from '../unit/dashboard/tree/make-tree.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

const TRACE_ID = 'c0ffee'.padEnd(32, '1');

async function openRun(
  gateway: TestGateway,
  events: TraceEvent[],
  options: { fin: boolean; rest?: string },
): Promise<DashboardPage> {
  await gateway.append(TRACE_ID, events, { fin: options.fin });
  const page = await DashboardPage.open(browser, gateway.url);
  await page.openRun(TRACE_ID, options.rest);
  return page;
}

function names(page: DashboardPage): Promise<string[]> {
  return page.page.locator('[role=treeitem] .tree-name').allTextContents();
}

function selected(page: DashboardPage): Promise<string | null> {
  return page.page.locator('[role=treeitem][aria-selected=true] .tree-name').textContent();
}

describe('the page of a run', () => {
  it('is moved in by keys: rows, folding, errors, search; the address says where', async () => {
    const gateway = await startDashboardGateway();
    const page = await openRun(gateway, eventsOf(LINES), { fin: true });
    await page.ended();
    const { keyboard } = page.page;
    const all = ['run', 'sub', 'search', 'broken', 'gone', 'answer'];
    expect((await names(page)).toSorted()).toEqual(all.toSorted());

    await keyboard.press('j');
    await keyboard.press('j');
    expect(await selected(page)).toBe('sub');
    await keyboard.press('ArrowLeft');
    expect((await names(page)).toSorted()).toEqual(['run', 'sub', 'gone', 'answer'].toSorted());
    await keyboard.press('e');
    // What it is folded into unfolds.
    expect(await selected(page)).toBe('broken');
    await keyboard.press('e');
    expect(await selected(page)).toBe('gone');
    await keyboard.press('x');
    expect((await names(page)).toSorted()).toEqual(['run', 'sub', 'gone', 'answer'].toSorted());
    await keyboard.press('X');

    await keyboard.press('/');
    await keyboard.type('SEARCH');
    await page.until("document.querySelector('.search-count')?.textContent === '–/1'");
    await keyboard.press('Enter');
    expect(await selected(page)).toBe('search');
    await page.until(
      "location.search === '?span=0000000000000003&q=SEARCH' || location.search === '?q=SEARCH&span=0000000000000003'",
    );

    const other = await DashboardPage.open(browser, gateway.url);
    await other.openRun(TRACE_ID, new URL(page.page.url()).search);
    await other.ended();
    expect(await selected(other)).toBe('search');
    expect(await other.page.getByRole('searchbox').inputValue()).toBe('SEARCH');
    for (const one of [page, other]) {
      expect(await one.problems()).toEqual([]);
      await one.close();
    }
  });

  it('finds by its record what is deeper in a span than the page looks', async () => {
    const gateway = await startDashboardGateway();
    const deep = `${'much of the same '.repeat(1_000)}needle`;
    const lines = named([
      { name: 'run', from: 0, to: 9, type: 'agent' },
      { name: 'deep', below: 0, from: 1, to: 5, more: { input: textPayload(deep) } },
      { name: 'needle', below: 0, from: 5, to: 8 },
    ]);
    const page = await openRun(gateway, eventsOf(lines), { fin: true, rest: '?q=needle' });
    await page.ended();
    await page.until("document.querySelector('.search-count')?.textContent === '–/2'");
    expect(await page.problems()).toEqual([]);
    await page.close();
  });

  it('says what is lost, what failed, and which way to it', async () => {
    const gateway = await startDashboardGateway();
    const page = await openRun(gateway, eventsOf(LINES), { fin: true });
    await page.ended();
    await page.until("document.querySelector('.run-status')?.dataset.status === 'lost'");
    // Counted as in the list of runs: what was lost is no error besides.
    await page.until("/Errors1Lost1/.test(document.querySelector('.run-facts').textContent)");
    const trouble = await page.evaluate<Record<string, string>>(
      "Object.fromEntries([...document.querySelectorAll('[role=treeitem]')].map((row) => [row.querySelector('.tree-name').textContent, row.dataset.trouble]))",
    );
    expect(trouble).toEqual({
      run: 'below',
      sub: 'below',
      search: 'fine',
      broken: 'itself',
      gone: 'itself',
      answer: 'fine',
    });
    await page.page.getByRole('button', { name: 'Who is slow' }).click();
    await page.page.getByRole('button', { name: 'broken 1 error' }).click();
    await page.until("document.querySelectorAll('[role=treeitem]').length === 3");
    expect((await names(page)).toSorted()).toEqual(['broken', 'run', 'sub']);
    expect(await page.problems()).toEqual([]);
    await page.close();
  });

  it('follows the newest step until the user scrolls up, and again when asked to', async () => {
    const gateway = await startDashboardGateway();
    const steps = Array.from({ length: 80 }, (_, i) => ({ name: `step ${i}`, below: 0, from: i }));
    const events = eventsOf(named([{ name: 'run', from: 0, type: 'agent' }, ...steps]));
    const page = await openRun(gateway, events.slice(0, 61), { fin: false });
    const follow = page.page.getByRole('button', { name: 'Follow' });
    const isShown = (name: string): string =>
      `[...document.querySelectorAll('[role=treeitem]')].some((row) => { const box = row.getBoundingClientRect(); const seen = document.querySelector('[role=tree]').getBoundingClientRect(); return row.querySelector('.tree-name').textContent === '${name}' && box.top >= seen.top && box.bottom <= seen.bottom; })`;
    await page.until(isShown('step 59'));
    expect(await follow.getAttribute('aria-pressed')).toBe('true');

    await page.page.locator('[role=tree]').hover();
    await page.page.mouse.wheel(0, -5_000);
    await page.until("document.querySelector('[role=tree]').scrollTop === 0");
    await gateway.append(TRACE_ID, events.slice(61, 71));
    await page.until("document.querySelector('.run-facts').textContent.includes('71 open')");
    expect(await page.evaluate("document.querySelector('[role=tree]').scrollTop")).toBe(0);
    expect(await follow.getAttribute('aria-pressed')).toBe('false');

    await follow.click();
    await page.until(isShown('step 69'));
    await gateway.append(TRACE_ID, events.slice(71));
    await page.until(isShown('step 79'));
    expect(await page.problems()).toEqual([]);
    await page.close();
  });

  it('tells an address that names no run from a run that is yet to come', async () => {
    const gateway = await startDashboardGateway();
    const page = await DashboardPage.open(browser, gateway.url);
    await page.goto('/runs/nonsense');
    await page.page.getByRole('heading', { name: 'This is no trace id' }).waitFor();
    await page.goto(`/runs/${TRACE_ID}`);
    await page.page.getByRole('heading', { name: 'Nothing has come of this run yet' }).waitFor();
    await gateway.append(TRACE_ID, eventsOf(LINES).slice(0, 1));
    await page.page.waitForSelector('[role=treeitem]');
    expect(await page.problems()).toEqual([]);
    await page.close();
  });
});
