import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { BuiltDashboard } from '../support/dashboard/built-dashboard.ts';
import { gatewayWithRecord, publishAgent as publish } from '../support/dashboard/publish-agent.ts';
import { eventually } from '../support/gateway.ts';
import { spanId, traceId } from '../support/query/sample-runs.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');

let browser: Browser;
let dashboard: BuiltDashboard;
beforeAll(async () => {
  [browser, dashboard] = await Promise.all([startBrowser(), BuiltDashboard.build()]);
});
afterAll(async () => {
  await browser.close();
});

const names = (page: Page) => page.locator('.runs-name a').allTextContents();
const rowCount = (page: Page, count: number) =>
  page.waitForFunction(`document.querySelectorAll('.runs-name a').length === ${count}`);

/** What an assistive technology would stumble over. */
async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate<string[]>(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 160)).join(' | ')))`,
  );
}

describe('the list of runs', () => {
  it('tells how to publish the first run, and gives way to it', async () => {
    const gateway = await gatewayWithRecord();
    const { page, url, faults } = await dashboard.open(browser, gateway.url, '/');
    await page.waitForSelector('text=Nothing has been published yet');
    expect(await page.locator('.copy-line').allTextContents()).toEqual([
      expect.stringContaining(`--to ${url}`),
      expect.stringContaining(`OTEL_EXPORTER_OTLP_ENDPOINT=${url}`),
      expect.stringContaining('createTracer'),
    ]);
    expect(await barriers(page)).toEqual([]);
    await publish(gateway, 1, { end: false });
    await rowCount(page, 1);
    await page.waitForSelector('.run-status[data-status=running]');
    await publish(gateway, 1);
    await page.waitForSelector('.run-status[data-status=ok]');
    expect(await barriers(page)).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('lets new runs wait while somebody reads', async () => {
    const gateway = await gatewayWithRecord();
    for (let n = 1; n <= 40; n++) await publish(gateway, n);
    const { page, faults } = await dashboard.open(browser, gateway.url, '/');
    await page.waitForSelector('[role=grid][aria-rowcount="41"]');
    await page.evaluate("document.querySelector('.runs-scroller').scrollTop = 1000");
    await page.waitForFunction("document.querySelector('.runs-name a').textContent !== 'run 40'");
    const topOf = () =>
      page.evaluate('document.querySelector(\'[href$="0a"]\').getBoundingClientRect().top');
    const before = await topOf();
    await publish(gateway, 41);
    await publish(gateway, 42);
    await page.click('text=2 new runs', { trial: true });
    expect(await topOf()).toBe(before);
    await page.click('text=2 new runs');
    await page.waitForFunction("document.querySelector('.runs-name a')?.textContent === 'run 42'");
    expect(await page.locator('.runs-waiting').count()).toBe(0);
    expect(faults).toEqual([]);
  });

  it('filters by what is typed, completed and pressed, all of it in the address', async () => {
    const gateway = await gatewayWithRecord();
    await publish(gateway, 1);
    await publish(gateway, 2, { failed: true });
    await publish(gateway, 3, { end: false });
    const { page } = await dashboard.open(browser, gateway.url, '/');
    await rowCount(page, 3);
    await page.keyboard.press('/');
    await page.keyboard.type('stat');
    await page.click('role=option[name=/^status:/]');
    await page.click('role=option[name=/^error /]');
    await rowCount(page, 1);
    expect(await names(page)).toEqual(['run 2']);
    expect(new URL(page.url()).searchParams.get('q')?.trim()).toBe('status:error');
    await page.click('role=button[name="Clear the filter"]');
    await rowCount(page, 3);
    await page.click('role=button[name=Running]');
    await rowCount(page, 1);
    expect(await names(page)).toEqual(['run 3']);
    expect(new URL(page.url()).search).toBe('?status=running');
    await page.click('role=button[name=Lost]');
    await page.waitForSelector('text=No run matches');
    await page.click('text=Show all runs');
    await rowCount(page, 3);
    await page.click('role=button[name=Started]');
    await page.waitForFunction("document.querySelector('.runs-name a')?.textContent === 'run 1'");
    expect(new URL(page.url()).search).toBe('?sort=start');
  });

  it('marks the character at which a filter cannot be understood', async () => {
    const gateway = await gatewayWithRecord();
    await publish(gateway, 1);
    const { page } = await dashboard.open(browser, gateway.url, '/?q=name:a%20duration:soon');
    await page.waitForSelector('.filter-error mark');
    expect(await page.textContent('.filter-error mark')).toBe('s');
    expect(await page.textContent('.filter-error code')).toBe('name:a duration:soon');
    await page.waitForSelector('text=The filter cannot be understood');
    expect(await barriers(page)).toEqual([]);
  });

  it('is walked, picked from and opened by keys', async () => {
    const gateway = await gatewayWithRecord();
    for (let n = 1; n <= 3; n++) await publish(gateway, n);
    const { page } = await dashboard.open(browser, gateway.url, '/');
    await rowCount(page, 3);
    for (const key of ['j', 'x', 'j', 'x', 'k']) await page.keyboard.press(key);
    await page.waitForSelector('text=2 runs picked');
    await page.keyboard.press('c');
    await page.waitForURL(`**/compare/${traceId(3)}/${traceId(2)}`);
    await page.goBack();
    await rowCount(page, 3);
    // A test is quicker than anybody who reads: the keys of the page may not do anything yet.
    await eventually(async () => {
      await page.keyboard.press('k');
      return (await page.locator('.runs-row[data-active=true]').count()) === 1;
    }, 'the keys of the list work');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.pathname === `/runs/${traceId(2)}`);
  });

  it('keeps what is chosen by keys where it is, and tells it to a screen reader', async () => {
    const gateway = await gatewayWithRecord();
    for (let n = 1; n <= 3; n++) await publish(gateway, n);
    const { page, faults } = await dashboard.open(browser, gateway.url, '/');
    await rowCount(page, 3);
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    const active = page.locator('.runs-row[data-active=true]');
    await active.waitFor();
    const told = await page.evaluate(
      "document.getElementById(document.activeElement.getAttribute('aria-activedescendant') ?? '')?.dataset.active",
    );
    expect(told).toBe('true');
    expect(await page.evaluate('document.activeElement.role')).toBe('grid');
    const before = await active.boundingBox();
    await publish(gateway, 4);
    await page.waitForSelector('text=1 new run');
    expect(await active.textContent()).toContain('run 2');
    expect(await active.boundingBox()).toEqual(before);
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press('.');
    await rowCount(page, 4);
    expect(await names(page)).toEqual(['run 4', 'run 3', 'run 2', 'run 1']);
    expect(faults).toEqual([]);
  });

  it('goes on to be worked by keys when runs were picked by mouse', async () => {
    const gateway = await gatewayWithRecord();
    for (let n = 1; n <= 3; n++) await publish(gateway, n);
    const { page } = await dashboard.open(browser, gateway.url, '/');
    await rowCount(page, 3);
    for (const name of ['run 3', 'run 1']) await page.click(`role=checkbox[name="Pick ${name}"]`);
    await page.waitForSelector('text=2 runs picked');
    await page.keyboard.press('j');
    await page.locator('.runs-row[data-active=true]').waitFor();
    await page.keyboard.press('c');
    await page.waitForURL(`**/compare/${traceId(3)}/${traceId(1)}`);
  });

  it('is cards on a phone, with nothing beside the screen', async () => {
    const gateway = await gatewayWithRecord();
    for (let n = 1; n <= 3; n++) await publish(gateway, n);
    const phone = { width: 390, height: 844 };
    const { page } = await dashboard.open(browser, gateway.url, '/', phone);
    await rowCount(page, 3);
    const widest = await page.evaluate(
      "Math.max(...[...document.querySelectorAll('.runs *')].map((one) => one.getBoundingClientRect().right))",
    );
    expect(widest).toBeLessThanOrEqual(phone.width);
    expect(await barriers(page)).toEqual([]);
  });
});

describe('the board', () => {
  it('shows each run live, what goes on first, on one socket', async () => {
    const gateway = await gatewayWithRecord();
    await publish(gateway, 2);
    await publish(gateway, 1, { end: false });
    const { page, url, faults } = await dashboard.open(browser, gateway.url, '/');
    await rowCount(page, 2);
    const sockets: string[] = [];
    page.on('websocket', (socket) => sockets.push(socket.url()));
    await page.goto(`${url}/board`);
    const tiles = () => page.locator('.tile-name').allTextContents();
    await page.waitForFunction("document.querySelectorAll('.tile canvas').length === 2");
    expect((await tiles()).map((text) => text.slice(0, 5))).toEqual(['run 1', 'run 2']);
    expect(await page.textContent('.tile-path b')).toBe('search');
    await publish(gateway, 3, { end: false, tools: ['read', 'write'] });
    await page.waitForFunction("document.querySelectorAll('.tile canvas').length === 3");
    await publish(gateway, 3, { tools: ['read', 'write'], failed: true });
    await page.waitForSelector('.tile[data-status=error]');
    await page.waitForFunction(
      "[...document.querySelectorAll('.tile')].map((one) => one.dataset.status).join() === 'running,error,ok'",
    );
    expect(sockets).toHaveLength(1);
    expect(await barriers(page)).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('draws in the colours of the theme, whichever way it changes', async () => {
    const gateway = await gatewayWithRecord();
    await publish(gateway, 1);
    await publish(gateway, 2);
    const { page } = await dashboard.open(browser, gateway.url, '/board');
    await page.waitForFunction(
      `[...document.querySelectorAll('.tile canvas')].filter((one) => one.getContext('2d')
        .getImageData(0, 0, one.width, one.height).data.some((value) => value > 0)).length === 2`,
    );
    const drawn = "[...document.querySelectorAll('.tile canvas')].map((one) => one.toDataURL())";
    const light = await page.evaluate<string[]>(drawn);
    const until = (shown: readonly string[], isSame: boolean) =>
      page.waitForFunction(
        `(([shown, isSame]) => ${drawn}.every((url, i) => (url === shown[i]) === isSame))(${JSON.stringify([shown, isSame])})`,
      );
    await page.emulateMedia({ colorScheme: 'dark' });
    await until(light, false);
    await page.click('role=button[name=/^Theme: system/]');
    await until(light, true);
    await page.click('role=button[name=/^Theme: light/]');
    await until(light, false);
  });

  it('has the runs that its address names, and lets one be taken off', async () => {
    const gateway = await gatewayWithRecord();
    for (let n = 1; n <= 3; n++) await publish(gateway, n);
    const path = `/board?run=${traceId(1)}&run=${traceId(3)}`;
    const { page } = await dashboard.open(browser, gateway.url, path);
    await page.waitForFunction("document.querySelectorAll('.tile canvas').length === 2");
    await page.hover('.tile >> nth=0');
    await page.click('role=button[name="Take run 3 off the board"]');
    await page.waitForURL(`**/board?run=${traceId(1)}`);
    await page.click('.tile-body');
    await page.waitForURL((url) => url.pathname === `/runs/${traceId(1)}`);
  });
});

describe('two runs compared', () => {
  it('part where one of them does something else', async () => {
    const gateway = await gatewayWithRecord();
    await publish(gateway, 1, { tools: ['search', 'read', 'answer'] });
    await publish(gateway, 2, { tools: ['search', 'ask', 'answer'] });
    const path = `/compare/${traceId(1)}/${traceId(2)}`;
    const { page, faults } = await dashboard.open(browser, gateway.url, path);
    await page.click('text=The paths part here');
    const selected = page.locator('.pair[aria-selected=true]');
    await selected.waitFor();
    expect(await selected.textContent()).toMatch(/^read.*not in B$/);
    await page.keyboard.press('n');
    await page.waitForFunction(
      "document.querySelector('.pair[aria-selected=true]').textContent.includes('not in A')",
    );
    expect(new URL(page.url()).searchParams.get('pair')).toBe(`~${spanId(3)}`);
    await page.click('text=Only differences');
    await page.waitForFunction("document.querySelectorAll('.pair').length === 3");
    expect(await barriers(page)).toEqual([]);
    await page.click('text=Swap');
    await page.waitForURL(`**/compare/${traceId(2)}/${traceId(1)}`);
    expect(faults).toEqual([]);
  });

  it('says so when nothing is known of one', async () => {
    const gateway = await gatewayWithRecord();
    await publish(gateway, 1);
    const path = `/compare/${traceId(1)}/${traceId(9)}`;
    const { page } = await dashboard.open(browser, gateway.url, path);
    await page.waitForSelector(`text=Nothing is known of the run ${traceId(9)}`);
  });
});
