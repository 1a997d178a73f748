import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { DashboardPage } from '../support/dashboard/dashboard-page.ts';
import { SMALL_RUN as LINES, named } from '../support/dashboard/named-lines.ts';
import { startDashboardGateway } from '../support/dashboard/recorded-gateway.ts';
import { eventsOf } from '../unit/dashboard/tree/make-tree.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

const TRACE_ID = 'c0ffee'.padEnd(32, '2');

function selected(page: DashboardPage): Promise<string | null> {
  return page.page.locator('[role=treeitem][aria-selected=true] .tree-name').textContent();
}

describe('what is read of a run', () => {
  it('lets go of the newest step when the user scrolls down, and does not take a link from its span', async () => {
    const gateway = await startDashboardGateway();
    // What is newest stands in the first of two agents, far above what is read.
    const below = (parent: number, count: number) =>
      Array.from({ length: count }, (_, i) => ({ name: `${parent}.${i}`, below: parent, from: i }));
    const lines = named([
      { name: 'run', from: 0, type: 'agent' },
      { name: 'first', below: 0, from: 1, type: 'agent' },
      { name: 'second', below: 0, from: 2, type: 'agent' },
      ...below(2, 105),
      ...below(1, 10).map((line) => ({ ...line, from: 200 + line.from })),
    ]);
    const events = eventsOf(lines);
    // All but the last of the second agent's.
    const [early, late] = [[...events.slice(0, 103), ...events.slice(108)], events.slice(103, 108)];
    await gateway.append(TRACE_ID, early);
    const page = await DashboardPage.open(browser, gateway.url);
    await page.openRun(TRACE_ID);
    const topOf = (one: DashboardPage): Promise<number> =>
      one.evaluate("document.querySelector('[role=tree]').scrollTop");
    const opened = (one: DashboardPage, count: number): Promise<void> =>
      one.until(`document.querySelector('.run-facts').textContent.includes('${count} open')`);
    const link = await DashboardPage.open(browser, gateway.url);
    await link.openRun(TRACE_ID, `?span=${lines[60]?.id}`);
    for (const one of [page, link]) await opened(one, 113);

    await page.page.locator('[role=tree]').hover();
    await page.page.mouse.wheel(0, 2_000);
    await page.until("document.querySelector('[role=tree]').scrollTop > 1_000");
    await page.settled();
    const reading = [await topOf(page), await topOf(link)];
    const isSeen = `(() => { const box = document.querySelector('[aria-selected=true][role=treeitem]')?.getBoundingClientRect(); const seen = document.querySelector('[role=tree]').getBoundingClientRect(); return box !== undefined && box.top >= seen.top && box.bottom <= seen.bottom; })()`;
    await link.until(isSeen);
    // Below what is read: nothing moves by itself.
    await gateway.append(TRACE_ID, late);
    for (const one of [page, link]) {
      await opened(one, 118);
      expect(
        await one.page.getByRole('button', { name: 'Follow' }).getAttribute('aria-pressed'),
      ).toBe('false');
    }
    expect([await topOf(page), await topOf(link)]).toEqual(reading);
    for (const one of [page, link]) {
      expect(await one.problems()).toEqual([]);
      await one.close();
    }
  });

  it('scrolls to the span of a link when it comes to be a row, be it late', async () => {
    const gateway = await startDashboardGateway();
    const steps = Array.from({ length: 6_000 }, (_, i) => ({
      name: `step ${i}`,
      below: 0,
      from: i,
    }));
    const lines = named([{ name: 'run', from: 0, type: 'agent' }, ...steps]);
    const events = eventsOf(lines);
    await gateway.append(TRACE_ID, events.slice(0, 3_000));
    const page = await DashboardPage.open(browser, gateway.url);
    await page.openRun(TRACE_ID, `?span=${lines[5_000]?.id}`);
    await page.page.waitForSelector('.watch-indicator[data-kind=live]');
    const follow = page.page.getByRole('button', { name: 'Follow' });
    expect(await follow.getAttribute('aria-pressed')).toBe('false');
    await gateway.append(TRACE_ID, events.slice(3_000));
    await page.page.waitForSelector('[role=treeitem][aria-selected=true]');
    expect(await selected(page)).toBe('step 4999');
    expect(await page.problems()).toEqual([]);
    await page.close();
  });
});

/** Opens at the top, or where the run is. */
describe('where a run is opened', () => {
  const steps = Array.from({ length: 80 }, (_, i) => ({
    name: `step ${i}`,
    below: 0,
    from: i,
    to: i + 1,
  }));
  const isSeen = (name: string): string =>
    `[...document.querySelectorAll('[role=treeitem]')].some((row) => { const box = row.getBoundingClientRect(); const seen = document.querySelector('[role=tree]').getBoundingClientRect(); return row.querySelector('.tree-name').textContent === '${name}' && box.top >= seen.top && box.bottom <= seen.bottom; })`;

  it('is its last step for one that hangs between two, and its first for one that is over', async () => {
    const gateway = await startDashboardGateway();
    const hanging = eventsOf(named([{ name: 'run', from: 0, type: 'agent' }, ...steps]));
    await gateway.append(TRACE_ID, hanging);
    const page = await DashboardPage.open(browser, gateway.url);
    await page.openRun(TRACE_ID);
    await page.until(isSeen('step 79'));

    const other = 'c0ffee'.padEnd(32, '3');
    const over = named([{ name: 'run', from: 0, to: 99, type: 'agent' }, ...steps]);
    await gateway.append(other, eventsOf(over), { fin: true });
    await page.openRun(other);
    await page.ended();
    expect(await page.evaluate("document.querySelector('[role=tree]').scrollTop")).toBe(0);
    expect(await page.problems()).toEqual([]);
    await page.close();
  });

  it('is a step that the back button takes back; a stretch is chosen by pulling over the times', async () => {
    const gateway = await startDashboardGateway();
    await gateway.append(TRACE_ID, eventsOf(LINES), { fin: true });
    const page = await DashboardPage.open(browser, gateway.url);
    await page.goto('/board');
    await page.openRun(TRACE_ID);
    await page.ended();
    await page.page.locator('[role=treeitem]').nth(1).click();
    await page.until("location.search.includes('span=')");
    await page.page.keyboard.press('j');
    await page.until(`location.search === '?span=${LINES[2]?.id}'`);
    await page.page.goBack();
    await page.until("location.search === '' && document.querySelector('.run-detail') === null");
    // Closed by a key, it leaves no step behind that would do nothing.
    await page.page.keyboard.press('j');
    await page.until("location.search.includes('span=')");
    await page.page.keyboard.press('Escape');
    await page.until("location.search === ''");
    await page.page.goBack();
    await page.until("location.pathname === '/board'");
    await page.page.goForward();
    await page.page.waitForSelector('[role=treeitem]');
    await page.ended();

    const fit = page.page.getByRole('button', { name: 'All of the run' });
    expect(await fit.isDisabled()).toBe(true);
    const axis = await page.page.locator('.axis-range').boundingBox();
    if (axis === null) throw new Error('there are no times');
    const y = axis.y + axis.height / 2;
    await page.page.mouse.move(axis.x + 0.25 * axis.width, y);
    await page.page.mouse.down();
    await page.page.mouse.move(axis.x + 0.75 * axis.width, y, { steps: 3 });
    await page.page.mouse.up();
    await page.until("document.querySelector('.minimap-window') !== null");
    const window = await page.evaluate<{ left: number; width: number }>(
      "(({ left, width }) => ({ left: parseFloat(left), width: parseFloat(width) }))(document.querySelector('.minimap-window').style)",
    );
    expect(window.left).toBeCloseTo(25, 0);
    // The pointer has not moved since: under it is another time now.
    await page.until("document.querySelector('.crosshair span').textContent.startsWith('6')");
    expect(window.width).toBeCloseTo(50, 0);
    await page.page.mouse.dblclick(axis.x + 0.5 * axis.width, y);
    await page.until("document.querySelector('.minimap-window') === null");
    expect(await page.problems()).toEqual([]);
    await page.close();
  });
});

describe('the page of a run', () => {
  it('leaves keys to what they are of: a dialog, what scrolls, what is chosen from', async () => {
    const gateway = await startDashboardGateway();
    await gateway.append(TRACE_ID, eventsOf(LINES), { fin: true });
    // So low that all that can scroll does.
    const page = await DashboardPage.open(browser, gateway.url, {
      viewport: { width: 1_440, height: 420 },
    });
    await page.openRun(TRACE_ID, `?span=${LINES[1]?.id}`);
    await page.ended();
    const { keyboard } = page.page;
    const dialog = page.page.locator('dialog[open]');

    await keyboard.press('?');
    await dialog.waitFor();
    await keyboard.press('j');
    await keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await selected(page)).toBe('sub');
    await keyboard.press('?');
    await dialog.waitFor();
    await keyboard.press('?');
    await dialog.waitFor({ state: 'detached' });

    await page.page.getByRole('button', { name: 'Who is slow' }).click();
    for (const region of ['.detail-body', '.slow-scroll']) {
      await page.page.locator(region).focus();
      for (const [key, isThere] of [
        ['ArrowDown', '> 0'],
        ['Home', '=== 0'],
        ['PageDown', '> 0'],
        ['PageUp', '=== 0'],
        ['End', '> 0'],
      ] as const) {
        await keyboard.press(key);
        await page.until(`document.querySelector('${region}').scrollTop ${isThere}`, 5_000);
      }
      expect(await selected(page)).toBe('sub');
    }
    await keyboard.press('j');
    expect(await selected(page)).not.toBe('sub');

    const speed = page.page.getByRole('combobox', { name: 'Speed' });
    await speed.focus();
    const before = await selected(page);
    await keyboard.press('ArrowDown');
    await page.until("document.querySelector('select[aria-label=Speed]').value === '2'", 5_000);
    expect(await selected(page)).toBe(before);
    await keyboard.press('k');
    expect(await selected(page)).toBe('sub');

    for (const view of ['Conversation', 'Graph', 'Timeline']) {
      await page.page.getByRole('tab', { name: view }).click();
      await page.page.locator('.run-detail').waitFor();
      await keyboard.press('Escape');
      await page.page.locator('.run-detail').waitFor({ state: 'detached' });
      await page.goto(`/runs/${TRACE_ID}?span=${LINES[1]?.id}`);
    }
    await page.page.waitForSelector('[role=treeitem]');
    const places = await page.evaluate<Record<string, string>>(
      "Object.fromEntries([...document.querySelectorAll('[role=treeitem]')].map((row) => [row.querySelector('.tree-name').textContent, row.ariaPosInSet + '/' + row.ariaSetSize]))",
    );
    expect(places).toEqual({
      run: '1/1',
      sub: '1/3',
      search: '1/2',
      broken: '2/2',
      gone: '2/3',
      answer: '3/3',
    });
    expect(await page.problems()).toEqual([]);
    await page.close();
  });

  it('has all its tools within a phone', async () => {
    const gateway = await startDashboardGateway();
    await gateway.append(TRACE_ID, eventsOf(LINES).slice(0, -1));
    const page = await DashboardPage.open(browser, gateway.url, {
      viewport: { width: 390, height: 844 },
    });
    await page.openRun(TRACE_ID, '?q=search');
    for (const name of ['Follow', 'Who is slow', 'Next match'])
      await page.page.getByRole('button', { name, exact: true }).waitFor();
    await page.page.getByRole('tab', { name: 'Conversation', exact: true }).waitFor();
    const cutOff = await page.evaluate<string[]>(
      "[...document.querySelectorAll('.run-bar :is(button, input)')].filter((one) => { const { left, right, width } = one.getBoundingClientRect(); return left < 0 || right > innerWidth || width < 20; }).map((one) => one.ariaLabel ?? one.textContent)",
    );
    expect(cutOff).toEqual([]);
    expect(await page.problems()).toEqual([]);
    await page.close();
  });

  it('works where the browser stores nothing', async () => {
    const gateway = await startDashboardGateway();
    await gateway.append(TRACE_ID, eventsOf(LINES), { fin: true });
    const page = await DashboardPage.open(browser, gateway.url);
    await page.page.addInitScript(
      "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } });",
    );
    await page.openRun(TRACE_ID, `?span=${LINES[1]?.id}`);
    await page.page.locator('.detail-body').waitFor();
    for (const name of ['Width of the details', 'Width of the tree']) {
      const edge = page.page.getByRole('separator', { name });
      const before = await edge.getAttribute('aria-valuenow');
      await edge.press('ArrowLeft');
      expect(await edge.getAttribute('aria-valuenow')).not.toBe(before);
    }
    await page.page.getByRole('button', { name: /^Theme: system/ }).click();
    await page.page.getByRole('button', { name: /^Theme: light/ }).waitFor();
    expect(await page.problems()).toEqual([]);
    await page.close();
  });
});
