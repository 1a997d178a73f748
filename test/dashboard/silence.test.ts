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

/** So much later by the page's clock; its timers go on as they are. */
const later = (page: Page, minutes: number) =>
  page.clock.setSystemTime(Date.now() + minutes * 60_000);

const said = (page: Page, place: string, text: string, tone: string) =>
  page.waitForFunction(
    `(() => { const one = document.querySelector('${place} .silence');
      return one?.textContent === '${text}' && one.dataset.tone === '${tone}'; })()`,
  );

describe('a run that goes on and is silent', () => {
  it('says so in its row, in a tone that grows, until something comes', async () => {
    const gateway = await gatewayWithRecord();
    await publishAgent(gateway, 1);
    await publishAgent(gateway, 2, { end: false });
    const { page, faults } = await dashboard.open(browser, gateway.url, '/');
    await page.waitForSelector('.runs-row[data-status=running]');
    await page.waitForSelector('.runs-row[data-status=ok]');
    expect(await page.locator('.silence').count()).toBe(0);
    await later(page, 1);
    await said(page, '.runs-row[data-status=running]', 'silent for 1 m', 'short');
    await later(page, 6);
    await said(page, '.runs-row[data-status=running]', 'silent for 6 m', 'long');
    await later(page, 130);
    await said(page, '.runs-row[data-status=running]', 'silent for 2 h', 'very-long');
    expect(await page.locator('.silence').count()).toBe(1);
    await publishAgent(gateway, 2);
    await page.waitForFunction("document.querySelectorAll('.silence').length === 0");
    expect(faults).toEqual([]);
  });

  it('says so inside its card on a phone, beside its step', async () => {
    const gateway = await gatewayWithRecord();
    await publishAgent(gateway, 1, { end: false });
    await publishAgent(gateway, 2, { end: false });
    const phone = { width: 390, height: 844 };
    const { page } = await dashboard.open(browser, gateway.url, '/', phone);
    await page.waitForFunction("document.querySelectorAll('.runs-row[id]').length === 2");
    await later(page, 130);
    await said(page, '.runs-row[data-status=running]', 'silent for 2 h', 'very-long');
    const fits = `[...document.querySelectorAll('.runs-row[id]')].map((card) => {
      const box = (part) => card.querySelector(part).getBoundingClientRect();
      return card.scrollHeight <= card.clientHeight &&
        box('.runs-activity').bottom <= box('.silence').top &&
        box('.silence').bottom <= box('.runs-duration').top;
    })`;
    expect(await page.evaluate(fits)).toEqual([true, true]);
  });

  it('says so on its tile, in front of those that are busy', async () => {
    const gateway = await gatewayWithRecord();
    await publishAgent(gateway, 1, { end: false });
    await publishAgent(gateway, 2, { end: false });
    const { page, faults } = await dashboard.open(browser, gateway.url, '/board');
    await page.waitForFunction("document.querySelectorAll('.tile canvas').length === 2");
    const order = "[...document.querySelectorAll('.tile')].map((one) => one.dataset.silent).join()";
    const first = "document.querySelector('.tile-name').textContent.slice(0, 5)";
    expect(await page.evaluate(first)).toBe('run 2');
    await later(page, 6);
    await page.waitForFunction(`${order} === 'true,true'`);
    // The clock of the log is known by what comes live: it is the page's that is ahead.
    await publishAgent(gateway, 2, { end: false, tools: ['search', 'read'] });
    await page.waitForFunction(`${order} === 'true,false' && ${first} === 'run 1'`);
    await said(page, '.tile', 'silent for 6 m', 'long');
    expect(faults).toEqual([]);
  });

  it('says so on its page, though the page was opened later, but not of the past', async () => {
    const gateway = await gatewayWithRecord();
    await publishAgent(gateway, 1, { end: false });
    const { page, faults } = await dashboard.open(browser, gateway.url, `/runs/${traceId(1)}`);
    await page.waitForSelector('.watch-indicator[data-kind=live]');
    expect(await page.locator('.silence').count()).toBe(0);
    await later(page, 6);
    await said(page, '.run-title', 'silent for 6 m', 'long');
    await page.reload();
    await said(page, '.run-title', 'silent for 6 m', 'long');
    // What is shown of the past is not what is missing now.
    await page.keyboard.press(',');
    await page.waitForSelector('.watch-indicator[data-kind=past]');
    expect(await page.locator('.silence').count()).toBe(0);
    await page.keyboard.press('l');
    await said(page, '.run-title', 'silent for 6 m', 'long');
    expect(faults).toEqual([]);
  });
});
