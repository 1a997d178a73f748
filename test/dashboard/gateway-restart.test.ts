import { createTracer, type Span } from '@spantail/agent';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { watchedTree } from '../support/agent/watched-tree.ts';
import { startBrowser } from '../support/browser.ts';
import { installDashboard } from '../support/dashboard/build-dashboard.ts';
import { AWAY, DashboardPage } from '../support/dashboard/dashboard-page.ts';
import { startDashboardGateway } from '../support/dashboard/recorded-gateway.ts';
import { rowsOf } from '../support/dashboard/shown-tree.ts';
import { startGatewayProcess } from '../support/gateway-process.ts';
import { temporaryDirectory } from '../support/temporary.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

/** Steps of a run, some of which stay open, with output in pieces. */
function work(run: Span, from: number, to: number): Span[] {
  const open: Span[] = [];
  for (let i = from; i < to; i++) {
    const step = run.startSpan(`step ${i}`, { type: 'tool', input: { i } });
    step.append(`piece ${i} `);
    if (i % 3 === 0) open.push(step);
    else step.end({ output: `result ${i}` });
  }
  return open;
}

const BANNER = '.banner';

describe('a gateway that is killed under an open page', () => {
  it('is told of, and comes back with nothing missing or doubled', async () => {
    await installDashboard();
    const gateway = await startGatewayProcess(['--data', temporaryDirectory()]);
    onTestFinished(() => gateway.kill());
    const tracer = createTracer({ url: gateway.url, service: 'restart', random: () => 0.1 });
    onTestFinished(async () => {
      await tracer.shutdown({ timeoutMs: 1_000 });
    });
    const run = tracer.startSpan('restarted run', { type: 'agent', parent: null });
    const open = work(run, 0, 20);
    await tracer.flush();

    const page = await DashboardPage.open(browser, gateway.url);
    const list = await DashboardPage.open(browser, gateway.url);
    await page.openRun(run.traceId);
    await list.goto('/');
    await list.page.waitForSelector('.runs-row[data-status=running]');
    await page.until("document.querySelectorAll('[role=treeitem]').length === 21");
    const third = await DashboardPage.open(browser, gateway.url);
    await third.goto('/');
    await third.page.waitForSelector('.runs-row[data-status=running]');
    expect(await page.page.locator(BANNER).count()).toBe(0);

    await gateway.kill();
    for (const one of [page, list]) {
      const banner = one.page.locator(BANNER);
      await banner.waitFor();
      expect(await banner.getAttribute('role')).toBe('status');
      expect(await banner.textContent()).toContain('not reached');
    }
    // Parts that were not loaded yet say so, each in its own place.
    await third.page.locator('.runs-name a').click();
    await third.page.getByRole('alert').waitFor();
    await page.page.locator('[role=treeitem]').nth(3).click();
    await page.page.locator('.run-detail').getByRole('alert').waitFor();
    // What was there stays, and the agent goes on.
    expect(await page.rows()).toHaveLength(21);
    open.push(...work(run, 20, 30));
    await gateway.restart();
    for (const one of [page, list]) await one.page.locator(BANNER).waitFor({ state: 'detached' });
    // Of themselves: nobody pressed anything.
    await third.page.locator('[role=treeitem]').first().waitFor();
    await page.page.locator('.run-detail .detail-body').waitFor();
    await page.page.keyboard.press('Escape');
    open.push(...work(run, 30, 40));
    for (const step of open) step.end({ output: 'late' });
    run.end();
    await tracer.shutdown({ timeoutMs: 30_000 });

    await page.ended();
    const tree = await watchedTree(gateway.url, run.traceId);
    expect(tree.spanCount).toBe(41);
    expect(await page.rows()).toEqual(rowsOf(tree));
    await list.page.waitForSelector('.runs-row[data-status=ok]');
    expect(await list.page.locator('.runs-row[data-status]').count()).toBe(1);
    for (const one of [page, list, third]) expect(await one.problems(AWAY)).toEqual([]);
  });
});

describe('a page that fails', () => {
  it('is left by going to another one', async () => {
    const gateway = await startDashboardGateway();
    const page = await DashboardPage.open(browser, gateway.url);
    await page.page.route('**/board-page*.js', (route) =>
      route.fulfill({
        contentType: 'text/javascript',
        body: "export default () => { throw new Error('broken on purpose'); }",
      }),
    );
    await page.goto('/board');
    await page.page.getByText('broken on purpose').waitFor();
    await page.page.getByRole('link', { name: 'Runs', exact: true }).click();
    await page.page.getByRole('heading', { name: 'Runs', exact: true }).waitFor();
    expect(await page.problems(/broken on purpose/)).toEqual([]);
    await page.close();
  });
});

describe('a gateway that will not have the page', () => {
  it('is told of with its reason, and with a way to load the page again', async () => {
    const gateway = await startDashboardGateway();
    const page = await DashboardPage.open(browser, gateway.url);
    await page.page.routeWebSocket(/\/api\//, (socket) =>
      socket.close({ code: 4400, reason: 'spoken to in a language of tomorrow' }),
    );
    await page.goto(`/runs/${'c'.repeat(32)}`);
    const banner = page.page.locator(BANNER);
    await banner.waitFor();
    expect(await banner.textContent()).toContain('spoken to in a language of tomorrow');
    expect(await banner.textContent()).not.toContain('rying');
    const loaded = page.page.waitForEvent('load');
    await banner.getByRole('button', { name: 'Load the page again' }).click();
    await loaded;
    expect(await page.problems()).toEqual([]);
    await page.close();
  });
});
