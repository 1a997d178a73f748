import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { BuiltDashboard } from '../support/dashboard/built-dashboard.ts';
import { gatewayWithRecord, publishAgent } from '../support/dashboard/publish-agent.ts';
import { traceId } from '../support/query/sample-runs.ts';

let browser: Browser;
let dashboard: BuiltDashboard;
beforeAll(async () => {
  [browser, dashboard] = await Promise.all([startBrowser(), BuiltDashboard.build()]);
});
afterAll(async () => {
  await browser.close();
});

const ROWS = "[...document.querySelectorAll('.runs-name a')].map((one) => one.textContent).join()";
const listed = (page: Page, names: string) => page.waitForFunction(`${ROWS} === '${names}'`);

describe('the heading of the list', () => {
  it('orders by the column that is pressed anywhere, errors, spans and activity as well', async () => {
    const gateway = await gatewayWithRecord();
    await publishAgent(gateway, 1, { tools: ['a', 'b', 'c'] });
    await publishAgent(gateway, 2, { failed: true });
    await publishAgent(gateway, 3, { tools: [] });
    const { page, faults } = await dashboard.open(browser, gateway.url, '/');
    await listed(page, 'run 3,run 2,run 1');
    const press = async (name: string, fromLeft: number): Promise<void> => {
      const box = await page.locator(`[role=columnheader].runs-${name}`).boundingBox();
      if (box === null) throw new Error('there is a heading');
      await page.mouse.click(box.x + fromLeft * box.width, box.y + 3);
    };
    await press('spans', 0.03);
    await listed(page, 'run 1,run 2,run 3');
    expect(new URL(page.url()).search).toBe('?sort=-spans');
    await press('errors', 0.97);
    await page.waitForFunction("document.querySelector('.runs-name a').textContent === 'run 2'");
    expect(new URL(page.url()).search).toBe('?sort=-errors');
    await press('activity', 0.03);
    await listed(page, 'run 3,run 2,run 1');
    await press('activity', 0.5);
    await listed(page, 'run 1,run 2,run 3');
    expect(new URL(page.url()).search).toBe('?sort=activity');
    // Whoever was silent for longest wakes up, while nobody points at the list.
    await page.mouse.move(5, 5);
    await publishAgent(gateway, 1, { tools: ['d'], end: false });
    await listed(page, 'run 2,run 3,run 1');
    expect(faults).toEqual([]);
  });

  it('stays in sight when the list is scrolled', async () => {
    const gateway = await gatewayWithRecord();
    for (let n = 1; n <= 40; n++) await publishAgent(gateway, n);
    const { page } = await dashboard.open(browser, gateway.url, '/');
    await page.waitForSelector('[role=grid][aria-rowcount="41"]');
    const topOf = () =>
      page.evaluate("document.querySelector('[role=columnheader]').getBoundingClientRect().top");
    const before = await topOf();
    await page.evaluate("document.querySelector('.runs-scroller').scrollTop = 700");
    await page.waitForFunction("document.querySelector('.runs-name a').textContent !== 'run 40'");
    expect(await topOf()).toBe(before);
  });
});

describe('a run in the list and on its page', () => {
  it('is told apart by its session and by what it was asked', async () => {
    const gateway = await gatewayWithRecord();
    const asked = 'Start phoenix in the background';
    await publishAgent(gateway, 1, { asked, session: 'ae4a77f8-1111-4222-8333-944455556666' });
    const { page } = await dashboard.open(browser, gateway.url, '/');
    await listed(page, 'run 1');
    expect(await page.textContent('.runs-sub')).toBe(`ae4a77f8${asked}`);
    await page.click('.runs-name a');
    await page.waitForFunction(
      `document.querySelector('.run-asked')?.textContent === '${asked}' && document.title === 'run 1 ae4a77f8 · Spantail'`,
    );
    expect(await page.textContent('.run-session')).toBe('ae4a77f8');
  });

  it('is found again by whoever was at it with keys and comes back', async () => {
    const gateway = await gatewayWithRecord();
    for (let n = 1; n <= 3; n++) await publishAgent(gateway, n);
    const { page } = await dashboard.open(browser, gateway.url, '/');
    await listed(page, 'run 3,run 2,run 1');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/runs/${traceId(2)}`);
    await page.goBack();
    await page.locator('.runs-row[data-active=true]', { hasText: 'run 2' }).waitFor();
    await page.waitForFunction("document.activeElement?.role === 'grid'");
  });
});

describe('the filter box', () => {
  it('leaves the list alone while the name of a field is begun, and takes what is offered by Tab', async () => {
    const gateway = await gatewayWithRecord();
    await publishAgent(gateway, 1);
    await publishAgent(gateway, 2, { failed: true });
    const { page, faults } = await dashboard.open(browser, gateway.url, '/');
    await listed(page, 'run 2,run 1');
    const asked: string[] = [];
    page.on('request', (request) => {
      const { pathname, searchParams } = new URL(request.url());
      const q = searchParams.get('q');
      if (pathname === '/api/v1/runs' && q !== null) asked.push(q.trim());
    });
    await page.keyboard.press('/');
    await page.keyboard.type('sta');
    await page.waitForSelector('role=option[name=/^status:/]');
    await page.keyboard.press('Tab');
    const box = page.locator('input[role=combobox]');
    await page.waitForFunction("document.querySelector('[role=combobox]').value === 'status:'");
    const options = await page.locator('.filter-popup [role=option]').allTextContents();
    expect(options.map((text) => text.replace(/Tab$/, ''))).toEqual([
      'runningit goes on',
      'okit is over, and its root did not fail',
      'errorit is over, and its root failed',
      'lostit is over: its publisher died on the way',
    ]);
    await page.keyboard.type('er');
    await page.keyboard.press('Tab');
    await listed(page, 'run 2');
    expect(await box.inputValue()).toBe('status:error ');
    // Nothing is begun: Tab goes on to the next control.
    await page.keyboard.press('Tab');
    await page.waitForFunction("document.activeElement?.role !== 'combobox'");
    expect(new Set(asked)).toEqual(new Set(['status:error']));
    expect(faults).toEqual([]);
  });

  it('searches for a word that begins like a field when it is told so', async () => {
    const gateway = await gatewayWithRecord();
    await publishAgent(gateway, 1);
    const { page } = await dashboard.open(browser, gateway.url, '/');
    await listed(page, 'run 1');
    await page.keyboard.press('/');
    await page.keyboard.type('st');
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=No run matches');
    expect(new URL(page.url()).searchParams.get('q')).toBe('st');
  });

  it('tells that operators are in capitals, and writes them so', async () => {
    const gateway = await gatewayWithRecord();
    await publishAgent(gateway, 1);
    await publishAgent(gateway, 2, { failed: true });
    const { page, faults } = await dashboard.open(browser, gateway.url, '/');
    await listed(page, 'run 2,run 1');
    await page.keyboard.press('/');
    await page.keyboard.type('status:error or status:ok');
    await page.waitForSelector('text=No run matches');
    await page.click('role=button[name="Write OR"]');
    await listed(page, 'run 2,run 1');
    expect(await page.locator('input[role=combobox]').inputValue()).toBe(
      'status:error OR status:ok',
    );
    expect(await page.locator('.filter-hint').count()).toBe(0);
    expect(faults).toEqual([]);
  });

  it('stands at the same place on an empty board as on the list', async () => {
    const gateway = await gatewayWithRecord();
    const { page, url } = await dashboard.open(browser, gateway.url, '/');
    await page.waitForSelector('role=combobox');
    const left = "document.querySelector('.filter-field').getBoundingClientRect().left";
    const onList = await page.evaluate(left);
    await page.goto(`${url}/board`);
    await page.waitForSelector('text=Nothing has been published yet');
    expect(await page.evaluate(left)).toBe(onList);
  });
});
