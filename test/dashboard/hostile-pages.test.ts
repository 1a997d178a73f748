import { Publisher, createExporter } from '@spantail/agent';
import type { TraceId } from '@spantail/protocol';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { FIND_DANGERS } from '../support/dashboard/dangers.ts';
import { DashboardPage } from '../support/dashboard/dashboard-page.ts';
import { publishHostileRun } from '../support/dashboard/hostile-run.ts';
import { HOSTILE_TEXTS } from '../support/dashboard/hostile-texts.ts';
import { startDashboardGateway } from '../support/dashboard/recorded-gateway.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

/** The gateway's answer to a text that is none. */
const NOT_A_FILTER = /status of 400/;

/** A page on a gateway with a run for each text, and two that have them all. */
async function openHostile(): Promise<{ page: DashboardPage; whole: [TraceId, TraceId] }> {
  const { url } = await startDashboardGateway();
  const publisher = new Publisher({ exporter: createExporter(url) });
  onTestFinished(async () => {
    await publisher.shutdown();
  });
  for (const text of HOSTILE_TEXTS) await publishHostileRun(publisher, [text]);
  const whole: [TraceId, TraceId] = [
    await publishHostileRun(publisher, HOSTILE_TEXTS),
    await publishHostileRun(publisher, HOSTILE_TEXTS.toReversed()),
  ];
  return { page: await DashboardPage.open(browser, url), whole };
}

/** Names are read to tell one thing from another: nothing that turns or hides them is left in one. */
const UNSEEN_IN_NAMES = `(() => {
  const named = document.querySelectorAll(
    '.tree-cell, .runs-row, .tile, .pair, .compare-summary, .compare-heading, .run-header, .detail-header, .slow-panel, .graph, .conversation-head',
  );
  const texts = [...named].flatMap((one) => [
    one.textContent,
    ...[one, ...one.querySelectorAll('*')].flatMap((each) =>
      ['title', 'aria-label'].map((name) => each.getAttribute(name) ?? ''),
    ),
  ]);
  return [document.title, ...texts].filter((text) => /[\\u202a-\\u202e\\u2066-\\u2069\\u200b\\ufeff\\0\\x07\\x1b]/.test(text));
})()`;

async function expectHarmless(page: DashboardPage, where: string, except?: RegExp): Promise<void> {
  expect(await page.evaluate<string[]>(FIND_DANGERS), where).toEqual([]);
  expect(await page.evaluate<string[]>(UNSEEN_IN_NAMES), where).toEqual([]);
  expect(await page.problems(except), where).toEqual([]);
  expect(await page.page.locator('body').textContent(), where).not.toContain('This page failed');
}

describe('pages of runs whose every text is an attack', () => {
  it('run nothing and ask nobody but the gateway: lists, boards and comparisons', async () => {
    const { page, whole } = await openHostile();
    await page.goto('/');
    await page.page.waitForSelector('.runs-row[data-status]');
    await page.settled();
    await expectHarmless(page, 'the list');
    await page.evaluate("document.querySelector('.runs-scroller').scrollTop = 1e6");
    await page.until("document.querySelector('.runs-scroller').scrollTop > 0");
    await page.settled();
    await expectHarmless(page, 'the end of the list');
    for (const text of HOSTILE_TEXTS) {
      // An address holds no halves of characters.
      const written = Buffer.from(text.slice(0, 500)).toString();
      await page.goto(`/?q=${encodeURIComponent(written)}`);
      await page.page.waitForSelector('input');
      await expectHarmless(page, `the filter ${text.slice(0, 60)}`, NOT_A_FILTER);
    }
    await page.goto('/board?count=40');
    await page.page.waitForSelector(`a[href*="${whole[0]}"]`);
    await page.settled();
    await expectHarmless(page, 'the board', NOT_A_FILTER);
    await page.goto(`/compare/${whole[0]}/${whole[1]}`);
    await page.settled();
    await expectHarmless(page, 'the comparison', NOT_A_FILTER);
    await page.close();
  });

  it('run nothing and ask nobody but the gateway: every view of a run', async () => {
    const { page, whole } = await openHostile();
    const [traceId] = whole;
    for (const view of ['timeline', 'conversation', 'graph']) {
      await page.openView(traceId, view);
      await page.settled();
      await expectHarmless(page, view);
      // Whatever is folded away is opened.
      await page.evaluate(
        "for (const part of document.querySelectorAll('main details, main [aria-expanded=false]')) part.localName === 'details' ? (part.open = true) : part.click()",
      );
      await page.settled();
      await expectHarmless(page, `${view}, opened`);
    }
    await page.openRun(traceId);
    const search = page.page.getByRole('searchbox', { name: 'Search in this run' });
    for (const text of HOSTILE_TEXTS.slice(0, 8)) {
      await search.fill(text);
      await page.until("document.querySelector('.search-count')?.textContent !== '…'");
      await expectHarmless(page, `search for ${text.slice(0, 60)}`);
    }
    await search.fill('');
    // The detail has tests of its own; here it is with everything around it.
    const ids = (await page.rows()).map((row) => row.spanId);
    expect(ids.length).toBe(HOSTILE_TEXTS.length + 1);
    for (const spanId of ids.filter((_, index) => index % 3 === 0)) {
      await page.evaluate(`history.pushState(null, '', '?span=${spanId}')`);
      await page.page.waitForSelector('.run-detail [role=tab]');
      await page.until("document.querySelector('.payload-loading') === null");
      await expectHarmless(page, `the detail of ${spanId}`);
    }
    await page.close();
  });
});
