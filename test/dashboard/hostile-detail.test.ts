import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { serveComponents } from '../support/dashboard/component-page.ts';
import { DetailPage, spanIdOf, type PageEvent } from '../support/dashboard/detail-page.ts';
import { DETAIL_PROGRAM } from '../support/dashboard/detail-program.ts';
import { messagesOf } from '../support/dashboard/hostile-messages.ts';
import { HOSTILE_JSON, HOSTILE_TEXTS, deepJson } from '../support/dashboard/hostile-texts.ts';

let browser: Browser;
let server: Awaited<ReturnType<typeof serveComponents>>;

beforeAll(async () => {
  [browser, server] = await Promise.all([startBrowser(), serveComponents(DETAIL_PROGRAM)]);
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

const START_US = 1_790_000_000_000_000;

/** A span with the text in every field. */
function hostileSpan(n: number, text: string): PageEvent[] {
  const spanId = spanIdOf(n);
  const attributes = {
    [text]: text,
    nested: { [text]: [text] },
    'gen_ai.request.model': text,
    'session.id': text,
    'gen_ai.tool.name': text,
  };
  return [
    {
      type: 'open',
      spanId,
      ...(n > 1 ? { parentSpanId: spanIdOf(n - 1) } : {}),
      name: text,
      spanType: n % 2 === 0 ? 'model' : 'tool',
      startUs: START_US + n,
      attributes,
      input: n % 3 === 0 ? { [text]: text, other: `${text}\n` } : messagesOf(text),
      links: [{ traceId: 'f'.repeat(32), spanId, attributes: { [text]: text } }],
    },
    {
      type: 'update',
      spanId,
      seq: 0,
      outputDelta: text,
      logs: [{ timeUs: START_US, message: text, level: 'warn', attributes: { [text]: text } }],
    },
    ...(n % 4 === 0
      ? []
      : [
          {
            type: 'close',
            spanId,
            endUs: START_US + 9,
            status: 'error',
            error: { type: text, message: text, stack: text },
            output: text,
          },
        ]),
  ];
}

async function expectHarmless(page: DetailPage): Promise<void> {
  expect(await page.dangers()).toEqual([]);
  expect(page.strangers).toEqual([]);
  expect(page.faults).toEqual([]);
}

describe('the detail of a span with hostile content', () => {
  it('runs nothing and loads nothing, in any field', async () => {
    const page = await DetailPage.open(browser, server.url);
    const spans = HOSTILE_TEXTS.flatMap((text, index) => hostileSpan(index + 1, text));
    await page.apply(...spans);
    for (const [index] of HOSTILE_TEXTS.entries()) {
      await page.select(index + 1);
      await page.settled();
      // Whatever is folded away is opened.
      await page.page.evaluate(
        "for (const part of document.querySelectorAll('details')) part.open = true",
      );
      await page.settled();
      expect(await page.dangers()).toEqual([]);
      for (const tab of ['attributes', 'logs', 'children', 'links']) {
        await page.tab(tab);
        await page.frame();
        expect(await page.dangers()).toEqual([]);
      }
      await page.tab('content');
      await page.page.evaluate(
        "for (const raw of document.querySelectorAll('.payload-raw:enabled')) raw.click()",
      );
      await page.frame();
      await expectHarmless(page);
    }
    await page.page.close();
  });

  it('takes keys, types and depths for what they are', async () => {
    const page = await DetailPage.open(browser, server.url);
    const values = [
      ...HOSTILE_JSON,
      deepJson(10_000),
      deepJson(10_000, '{"a":', '}').replace('{"a":}', '{"a":1}'),
    ];
    for (const [index, json] of values.entries()) {
      // The text goes as it is: the test's own JSON writer would end in a stack overflow.
      const events = `[{"type":"open","spanId":"${spanIdOf(index + 1)}","name":"x","spanType":"model","startUs":${START_US + index},"attributes":{}},{"type":"close","spanId":"${spanIdOf(index + 1)}","endUs":${START_US + 9},"status":"ok"}]`;
      await page.page.evaluate(`run.applyJson(${JSON.stringify(events)})`);
      await page.page.evaluate(
        `run.setInputJson('${spanIdOf(index + 1)}', ${JSON.stringify(json)})`,
      );
      await page.select(index + 1);
      await page.settled();
      await expectHarmless(page);
      await page.page.locator('.payload-raw:enabled').first().click();
      await page.settled();
      expect(await page.count('.text-view')).toBeGreaterThan(0);
      await expectHarmless(page);
      await page.page.locator('.payload-raw:enabled').first().click();
    }
    expect(await page.text()).not.toContain('This page failed');
    await page.page.close();
  });
});
