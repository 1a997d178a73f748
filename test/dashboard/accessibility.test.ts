import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { randomBytes } from 'node:crypto';
import { Publisher, createExporter } from '@spantail/agent';
import { newTraceId } from '@spantail/protocol';
import type { Browser } from 'playwright-core';
import { loadRuns, play, publisherSink } from 'spantail';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { DashboardPage } from '../support/dashboard/dashboard-page.ts';
import { startDashboardGateway } from '../support/dashboard/recorded-gateway.ts';
import { RUNS_FOLDER } from '../support/play/fixture.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

/** A gateway with the runs that come with the project, in the order of their names. */
async function gatewayWithRuns(): Promise<{ url: string; traceIds: string[] }> {
  const { url } = await startDashboardGateway();
  await using publisher = new Publisher({ exporter: createExporter(url) });
  const traceIds: string[] = [];
  for (const { run } of await loadRuns([RUNS_FOLDER])) {
    const traceId = newTraceId(randomBytes);
    traceIds.push(traceId);
    await play(run, publisherSink(publisher), { speed: 'max', traceId });
  }
  await publisher.shutdown();
  return { url, traceIds };
}

interface Violation {
  id: string;
  impact: string;
  targets: string[];
}

/** What axe finds that keeps people from using the page. */
async function violations(page: DashboardPage): Promise<Violation[]> {
  await page.settled();
  return page.evaluate<Violation[]>(`(async () => {
    if (globalThis.axe === undefined) { ${AXE} }
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, impact, nodes }) => ({ id, impact, targets: nodes.slice(0, 5).map(({ target, failureSummary }) => target.join(' ') + ': ' + failureSummary) }));
  })()`);
}

describe.each(['light', 'dark'] as const)('the %s dashboard', (colorScheme) => {
  it('has no serious or critical violation on any page', async () => {
    const { url, traceIds } = await gatewayWithRuns();
    const page = await DashboardPage.open(browser, url, { colorScheme, reducedMotion: 'reduce' });
    const found: Record<string, Violation[]> = {};
    const check = async (where: string): Promise<void> => {
      const list = await violations(page);
      if (list.length > 0) found[where] = list;
    };
    await page.goto('/');
    await page.page.waitForSelector('.runs-row[data-status]');
    await check('the list');
    await page.page.keyboard.press('/');
    await page.page.keyboard.type('status:error or st');
    await page.page.waitForSelector('.filter-popup .filter-hint');
    await check('the list, with what can be written and a hint');
    await page.goto('/?q=status%3D');
    await page.page.waitForSelector('input');
    await check('the list, with a filter that cannot be read');
    await page.goto('/?q=nothing-has-this-word');
    await page.page.waitForSelector('input');
    await check('the list, empty');

    const [traceId = '', second = ''] = traceIds;
    for (const view of ['timeline', 'conversation', 'graph']) {
      await page.openView(traceId, view);
      await check(view);
    }
    await page.openRun(traceId);
    const rows = await page.rows();
    const spans = ['model', 'tool'].map((type) => rows.find((row) => row.type === type)?.spanId);
    expect(spans).not.toContain(undefined);
    for (const spanId of spans) {
      await page.openRun(traceId, `?span=${spanId}`);
      const tabs = page.page.locator('.run-detail [role=tab]');
      await tabs.first().waitFor();
      for (let i = 0; i < (await tabs.count()); i++) {
        await tabs.nth(i).click();
        await page.until("document.querySelector('.payload-loading') === null");
        await check(`the detail of ${spanId}, ${await tabs.nth(i).textContent()}`);
      }
    }
    await page.openRun(traceId);
    await page.page.getByRole('slider', { name: 'Moment of the run' }).press('PageDown');
    await page.page.waitForSelector('.watch-indicator[data-kind=past]');
    await check('a moment of the past');
    await page.page.keyboard.press('?');
    await page.page.waitForSelector('[role=dialog], dialog[open]');
    await check('the help');

    await page.goto('/board');
    await page.page.waitForSelector(`a[href*="${traceId}"]`);
    await check('the board');
    await page.goto(`/compare/${traceId}/${second}`);
    await page.settled();
    await check('the comparison');
    await page.goto(`/runs/${'f'.repeat(32)}`);
    await check('a run that nobody knows');
    expect(found).toEqual({});
    // The filter above.
    expect(await page.problems(/status of 400/)).toEqual([]);
    await page.close();
  });
});
