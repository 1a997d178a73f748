import { randomBytes } from 'node:crypto';
import { newTraceId, type Payload, type TraceEvent } from '@spantail/protocol';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { DashboardPage } from '../support/dashboard/dashboard-page.ts';
import { startDashboardGateway } from '../support/dashboard/recorded-gateway.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

const [AGENT, READ, OTHER] = ['a'.repeat(16), 'b'.repeat(16), 'c'.repeat(16)];

function text(value: string): Payload {
  return {
    mediaType: 'text/plain',
    bytes: value.length,
    preview: value.slice(0, 200),
    parts: [value],
  };
}

/** What the browser marks. */
const MARKED = "[...CSS.highlights.get('searched') ?? []].map(String)";

describe('what a search found in a run', () => {
  it('is shown in the row, marked in the detail, and told with its places in a large content', async () => {
    const gateway = await startDashboardGateway();
    const traceId = newTraceId(randomBytes);
    const startUs = Date.now() * 1_000;
    const long = `a needle at first\n${'hay\n'.repeat(8_000)}a needle at last`;
    const step = { spanType: 'tool', parentSpanId: AGENT, startUs: startUs + 1 } as const;
    const events: TraceEvent[] = [
      { type: 'open', spanId: AGENT, name: 'helper', spanType: 'agent', startUs },
      { ...step, type: 'open', spanId: READ, name: 'Read', input: text('hay') },
      { ...step, type: 'open', spanId: OTHER, name: 'Other', input: text('hay') },
      { type: 'close', spanId: READ, endUs: startUs + 5, status: 'ok', output: text(long) },
      { type: 'close', spanId: OTHER, endUs: startUs + 5, status: 'ok' },
      { type: 'close', spanId: AGENT, endUs: startUs + 9, status: 'ok' },
    ];
    await gateway.append(traceId, events, { fin: true });
    const page = await DashboardPage.open(browser, gateway.url);
    const { page: tab } = page;
    await page.goto(`/runs/${traceId}?q=NEEDLE&span=${READ}`);
    const row = tab.locator(`#row-${READ}`);
    await row.locator('.tree-snippet mark').waitFor();
    expect(await row.locator('.tree-snippet').innerText()).toMatch(/^output\s*a needle at first/);
    expect(await row.locator('mark').allInnerTexts()).toEqual(['needle']);
    expect(await tab.locator(`#row-${OTHER} mark`).count()).toBe(0);

    // The second one is not on the page.
    const find = tab.locator('.find-in');
    await find.locator('text=2 places').waitFor();
    expect(await find.locator('li').allInnerTexts()).toEqual([
      expect.stringMatching(/^1\s+a needle at first/),
      expect.stringMatching(/^8,002\s+…(?:hay )+a needle at last/),
    ]);
    await page.until(`${MARKED}.length >= 3`);
    expect(new Set(await tab.evaluate<string[]>(MARKED))).toEqual(new Set(['needle']));

    await find.locator('input').fill('at last');
    await find.locator('text=1 place').waitFor();
    await tab.fill('[aria-label="Search in this run"]', '');
    await page.until("!CSS.highlights.has('searched')");
    expect(await tab.locator('.tree-row mark').count()).toBe(0);
    expect(await page.problems()).toEqual([]);
    await page.close();
  });
});
