import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { Publisher, createExporter } from '@spantail/agent';
import { newTraceId, type TraceEvent } from '@spantail/protocol';
import type { Browser } from 'playwright-core';
import { loadRuns, play, publisherSink } from 'spantail';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { serveComponents } from '../support/dashboard/component-page.ts';
import { DashboardPage } from '../support/dashboard/dashboard-page.ts';
import { DetailPage, spanIdOf, type PageEvent } from '../support/dashboard/detail-page.ts';
import { DETAIL_PROGRAM } from '../support/dashboard/detail-program.ts';
import { startDashboardGateway } from '../support/dashboard/recorded-gateway.ts';
import { textPayload } from '../support/generate-run.ts';
import { RUNS_FOLDER } from '../support/play/fixture.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

/** A page on a run that comes with the project. */
async function openRun(file: string, rest: string): Promise<DashboardPage> {
  const { url } = await startDashboardGateway();
  const [loaded] = await loadRuns([join(RUNS_FOLDER, file)]);
  if (loaded === undefined) throw new Error(`no run in ${file}`);
  const traceId = newTraceId(randomBytes);
  await using publisher = new Publisher({ exporter: createExporter(url) });
  await play(loaded.run, publisherSink(publisher), { speed: 'max', traceId });
  await publisher.shutdown();
  const page = await DashboardPage.open(browser, url);
  await page.goto(`/runs/${traceId}${rest}`);
  return page;
}

describe('the conversation in the browser', () => {
  it('tells what was asked once, what was called, and folds results', async () => {
    const page = await openRun('claude-code/tool-heavy.jsonl', '?view=conversation');
    const { page: tab } = page;
    await tab.waitForSelector('.conversation-asked .message[data-role=user]');
    await page.settled();
    const asked = await tab.locator('.conversation-asked .message').allInnerTexts();
    expect(asked.some((text) => text.includes('xterm.js'))).toBe(true);
    expect(new Set(asked).size).toBe(asked.length);
    const fold = tab.locator('.conversation-fold').first();
    await fold.click();
    await tab.waitForSelector('.conversation-unfolded .payload');
    expect(await fold.getAttribute('aria-expanded')).toBe('true');

    const row = tab.locator('.conversation-row').first();
    await row.focus();
    await tab.keyboard.press('Enter');
    await tab.waitForURL((url) => url.searchParams.has('span'));
    await tab.waitForSelector('.conversation-row[aria-current=true]');
    expect(await page.problems()).toEqual([]);
    await page.close();
  });

  it('streams a live answer and stays at the end', async () => {
    const gateway = await startDashboardGateway();
    const traceId = newTraceId(randomBytes);
    const [agent, call] = ['a'.repeat(16), 'b'.repeat(16)];
    const startUs = Date.now() * 1_000;
    const said = (seq: number, outputDelta: string): TraceEvent => ({
      type: 'update',
      spanId: call,
      seq,
      outputDelta,
    });
    await gateway.append(traceId, [
      { type: 'open', spanId: agent, name: 'helper', spanType: 'agent', startUs },
      {
        type: 'open',
        spanId: call,
        parentSpanId: agent,
        name: 'chat',
        spanType: 'model',
        startUs: startUs + 1,
        input: textPayload('Tell me a story'),
      },
      said(0, 'Once upon a time'),
    ]);
    const page = await DashboardPage.open(browser, gateway.url);
    const { page: tab } = page;
    await page.goto(`/runs/${traceId}?view=conversation`);
    await tab.waitForSelector('text=Once upon a time');
    await tab.waitForSelector('text=Tell me a story');
    const lines = Array.from({ length: 120 }, (_, i) => said(i + 1, `\n\nline ${i}`));
    await gateway.append(traceId, lines);
    await tab.waitForSelector('text=line 119');
    await tab.waitForFunction(`(() => {
      const { scrollHeight, scrollTop, clientHeight } = document.querySelector('.conversation-scroller');
      return scrollHeight > clientHeight * 2 && scrollHeight - scrollTop - clientHeight < 60;
    })()`);

    // Whoever scrolls up is left where they are.
    await tab.hover('.conversation-scroller');
    await tab.mouse.wheel(0, -1_500);
    await tab.waitForSelector('.conversation-to-end');
    await gateway.append(traceId, [said(121, '\n\nthe end')]);
    await tab.waitForSelector('text=the end', { state: 'attached' });
    expect(await tab.locator('.conversation-to-end').count()).toBe(1);
    await tab.click('.conversation-to-end');
    await tab.waitForSelector('.conversation-to-end', { state: 'detached' });
    expect(await page.problems()).toEqual([]);
    await page.close();
  });

  it('follows a run that grows by many tall rows at once, until the user scrolls up', async () => {
    const gateway = await startDashboardGateway();
    const traceId = newTraceId(randomBytes);
    const [agent, helper] = ['a'.repeat(16), 'b'.repeat(16)];
    const startUs = Date.now() * 1_000;
    const calls = (from: number, to: number, parentSpanId = agent): TraceEvent[] =>
      Array.from({ length: to - from }, (_, i) => ({
        type: 'open',
        spanId: (from + i + 1).toString(16).padStart(16, '0'),
        parentSpanId,
        name: `call ${from + i}`,
        spanType: 'model',
        startUs: startUs + from + i + 1,
        input: textPayload(
          `Question ${from + i}\n\n${'a line\n\n'.repeat(parentSpanId === agent ? 12 : 1)}`,
        ),
      }));
    await gateway.append(traceId, [
      { type: 'open', spanId: agent, name: 'helper', spanType: 'agent', startUs },
      ...calls(0, 20),
    ]);
    const page = await DashboardPage.open(browser, gateway.url);
    const { page: tab } = page;
    await page.goto(`/runs/${traceId}?view=conversation`);
    await tab.waitForSelector('.conversation-row');
    /** The last row is the one that came last, and its bottom is in view. */
    const endsWith = (n: number): string => `(() => {
      const seen = document.querySelector('.conversation-scroller').getBoundingClientRect();
      const last = [...document.querySelectorAll('.conversation-row')].at(-1);
      return last.textContent.includes('Question ${n}') &&
        last.getBoundingClientRect().bottom <= seen.bottom;
    })()`;
    await page.until(endsWith(19));
    // Nobody waits until what came before was measured.
    for (let n = 20; n < 140; n += 8) await gateway.append(traceId, calls(n, n + 8));
    await page.until(endsWith(139));
    // A second agent is at the end, and the first one, in view as well, goes on above it.
    await gateway.append(traceId, [
      { type: 'open', spanId: helper, name: 'second', spanType: 'agent', startUs: startUs + 500 },
      ...calls(500, 501, helper),
    ]);
    await page.until(endsWith(500));
    await gateway.append(traceId, calls(140, 180));
    await tab.waitForSelector('.conversation-row[aria-setsize="183"]');
    await page.until(endsWith(500));
    expect(await tab.locator('.conversation-to-end').count()).toBe(0);

    await tab.hover('.conversation-scroller');
    await tab.mouse.wheel(0, -3_000);
    await gateway.append(traceId, calls(501, 541, helper));
    await tab.waitForSelector('.conversation-to-end');
    await tab.waitForSelector('.conversation-row[aria-setsize="223"]');
    expect(await tab.evaluate(endsWith(540))).toBe(false);
    await tab.click('.conversation-to-end');
    await page.until(endsWith(540));
    expect(await page.problems()).toEqual([]);
    await page.close();
  });
});

describe('a conversation of which not all is there', () => {
  let server: Awaited<ReturnType<typeof serveComponents>>;
  beforeAll(async () => {
    server = await serveComponents(DETAIL_PROGRAM);
  });
  afterAll(() => server.close());

  const call = (n: number, input: unknown): PageEvent => ({
    type: 'open',
    spanId: spanIdOf(n),
    ...(n > 1 ? { parentSpanId: spanIdOf(1) } : {}),
    name: `call ${n}`,
    spanType: 'model',
    startUs: 1_790_000_000_000_000 + n,
    ...(input === undefined ? {} : { input }),
  });
  const answer = (n: number, output: unknown): PageEvent => ({
    type: 'close',
    spanId: spanIdOf(n),
    endUs: 1_790_000_001_000_000,
    status: 'ok',
    output,
  });
  const long = (text: string): string => `${text} ${'and so on '.repeat(100)}`;
  const asks = (text: string) => ({ role: 'user', content: long(text) });
  const agent: PageEvent = { ...call(1, undefined), name: 'helper', spanType: 'agent' };
  const open = async (): Promise<DetailPage> => {
    const page = await DetailPage.open(browser, server.url);
    await page.page.evaluate('run.showConversation()');
    return page;
  };

  it('says what could not be loaded, and loads it when asked to', async () => {
    const page = await open();
    const { page: tab } = page;
    await tab.evaluate("run.fail(new Error('the gateway is away'))");
    await page.apply(agent, call(2, [asks('Where is it?')]), answer(2, long('Over there')));
    await tab.waitForSelector('text=What it was asked could not be loaded');
    await tab.waitForSelector('text=The answer could not be loaded');
    await tab.evaluate('run.fail(undefined)');
    for (const _ of [1, 2]) await tab.locator('text=Try again').first().click();
    await tab.waitForSelector('text=Where is it?');
    await tab.waitForSelector('text=Over there');

    await tab.evaluate('run.expire()');
    await page.apply(
      { ...agent, spanId: spanIdOf(3), name: 'another' },
      { ...call(4, [asks('Where is the other?')]), parentSpanId: spanIdOf(3) },
    );

    await tab.waitForSelector('text=/has expired. It began: Where is the other/');
    expect(page.faults).toEqual([]);
    await tab.close();
  });

  it('says so when what is new could not be told from what is not', async () => {
    const page = await open();
    const { page: tab } = page;
    await tab.evaluate("run.fail(new Error('the gateway is away'), 'First')");
    const [first, second] = [asks('First'), asks('Second')];
    await page.apply(agent, call(2, [first]), call(3, [second, first]));
    await tab.waitForSelector('text=/The call before could not be loaded/');
    expect(await tab.locator('.conversation-row').last().textContent()).toContain('First');
    await tab.evaluate('run.fail(undefined)');
    await tab.locator('.conversation-row').last().locator('text=Try again').click();
    await tab.waitForFunction(
      "[...document.querySelectorAll('.conversation-row')].at(-1).textContent.includes('Second')",
    );
    expect(await tab.locator('.conversation-row').last().textContent()).not.toContain('First');
    await tab.close();
  });

  it('loads nothing large before somebody asks for it', async () => {
    const page = await open();
    const { page: tab } = page;
    const much = Array.from({ length: 12 }, (_, n) => asks(`${n} ${'much '.repeat(80_000)}`));
    await page.apply(agent, call(2, much), answer(2, 'word '.repeat(900_000)));
    await tab.waitForSelector('text=What it was asked is in');
    await tab.waitForSelector('text=The answer is in');
    // What came to it since is small.
    await page.apply(call(3, [...much, asks('And now?')]));
    await tab.waitForSelector('text=And now?');
    expect(Math.max(...(await tab.evaluate<number[]>('run.asked()')))).toBeLessThan(4_194_304);
    await tab.locator('text=Load it all the same').last().click();
    await tab.waitForSelector('text=/word word/');
    expect(page.faults).toEqual([]);
    await tab.close();
  });
});

describe('the graph in the browser', () => {
  it('shows agents and who follows whom, as a picture and as tables', async () => {
    const page = await openRun('monocle/langgraph-multi-agent.json.gz', '?view=graph');
    const { page: tab } = page;
    await tab.waitForSelector('.graph-agent');
    const names = await tab.locator('.graph-agent .graph-title').allInnerTexts();
    expect(names.map((name) => name.trim())).toEqual(
      expect.arrayContaining(['supervisor', 'flight_assistant', 'hotel_assistant']),
    );
    await tab.click('.graph-tool:has-text("book_flight")');
    await tab.waitForURL((url) => url.searchParams.has('span'));

    await tab.click('.graph-button');
    const cells = await tab
      .locator('.graph-tables table')
      .last()
      .locator('tbody tr')
      .allInnerTexts();
    expect(cells.map((row) => row.split('\t').join(' '))).toContain(
      'supervisor is followed by flight_assistant 1',
    );
    expect(await page.problems()).toEqual([]);
    await page.close();
  });

  it('is moved and fitted by keys', async () => {
    const page = await openRun('mini-swe-agent/psf__requests-1766.traj.json.gz', '?view=graph');
    const { page: tab } = page;
    await tab.waitForSelector('.graph-use');
    const transform = (): Promise<string> =>
      page.evaluate<string>(`document.querySelector('.graph-picture').style.transform`);
    const fitted = await transform();
    await tab.focus('.graph-frame');
    await tab.keyboard.press('+');
    await tab.waitForFunction(
      `document.querySelector('.graph-picture').style.transform !== ${JSON.stringify(fitted)}`,
    );
    await tab.keyboard.press('0');
    await tab.waitForFunction(
      `document.querySelector('.graph-picture').style.transform === ${JSON.stringify(fitted)}`,
    );
    expect(await page.problems()).toEqual([]);
    await page.close();
  });
});
