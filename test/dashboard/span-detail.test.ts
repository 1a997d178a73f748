import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { serveComponents } from '../support/dashboard/component-page.ts';
import { DetailPage, spanIdOf, type PageEvent } from '../support/dashboard/detail-page.ts';
import { DETAIL_PROGRAM } from '../support/dashboard/detail-program.ts';

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

function open(n: number, fields: Record<string, unknown> = {}): PageEvent {
  return {
    type: 'open',
    spanId: spanIdOf(n),
    ...(n > 1 ? { parentSpanId: spanIdOf(1) } : {}),
    name: `span ${n}`,
    spanType: n > 1 ? 'model' : 'agent',
    startUs: START_US + n * 1_000_000,
    attributes: {},
    ...fields,
  };
}

function close(n: number, fields: Record<string, unknown> = {}): PageEvent {
  return {
    type: 'close',
    spanId: spanIdOf(n),
    endUs: START_US + n * 1_000_000 + 500_000,
    status: 'ok',
    ...fields,
  };
}

function delta(n: number, seq: number, outputDelta: string): PageEvent {
  return { type: 'update', spanId: spanIdOf(n), seq, outputDelta };
}

function conversation(count: number): unknown[] {
  return Array.from({ length: count }, (_, n) => ({
    role: n % 2 === 0 ? 'user' : 'assistant',
    content: `This is message number ${n} of a conversation that is not short.`,
  }));
}

describe('the detail of a span', () => {
  it('shows what is new in a call’s input, and the rest on demand', async () => {
    const page = await DetailPage.open(browser, server.url);
    const before = conversation(30);
    const list = [
      ...before.with(3, { role: 'assistant', content: 'a stub' }),
      { role: 'user', content: 'And now?' },
    ];
    await page.apply(
      open(1),
      open(2, { input: before }),
      close(2),
      open(3, { input: list }),
      close(3),
    );
    await page.select(3);
    await page.page.waitForSelector('text=And now?');
    expect(await page.count('.message')).toBe(2);
    expect(await page.count('.message-rewritten')).toBe(1);
    expect(await page.text()).toContain('3 messages as before');
    await page.page.click('text=26 messages as before');
    await page.page.waitForSelector('text=message number 29');
    expect(await page.count('.message')).toBe(28);
    expect(page.faults).toEqual([]);
    await page.page.close();
  });

  it('leads to the parent, to the children and to the call before', async () => {
    const page = await DetailPage.open(browser, server.url);
    await page.apply(
      open(1),
      open(2, { input: conversation(2) }),
      open(3, { input: conversation(3) }),
    );
    await page.select(3);
    await page.page.click('.detail-compared button');
    expect(await page.page.evaluate('run.selected()')).toBe(spanIdOf(2));
    await page.page.click('nav[aria-label="Path from the root"] button');
    expect(await page.page.evaluate('run.selected()')).toBe(spanIdOf(1));
    await page.page.click('role=tab[name=/Children/]');
    await page.page.click('.detail-child >> nth=1');
    expect(await page.page.evaluate('run.selected()')).toBe(spanIdOf(3));
    await page.page.close();
  });

  it('leads to a span of another run, on the same page', async () => {
    const page = await DetailPage.open(browser, server.url);
    const link = { traceId: 'f'.repeat(32), spanId: spanIdOf(9) };
    await page.apply(open(2, { links: [link] }));
    await page.select(2);
    await page.tab('links');
    await page.page.click('.detail-attribute a');
    await page.until(`location.pathname === '/runs/${link.traceId}'`);
    expect(await page.page.evaluate('location.search')).toBe(`?span=${link.spanId}`);
    // Nothing was loaded anew.
    expect(await page.page.evaluate('run.selected()')).toBe(spanIdOf(2));
    await page.page.close();
  });

  it('keeps the end of a growing output in view until the reader scrolls up', async () => {
    const page = await DetailPage.open(browser, server.url);
    await page.apply(open(2));
    await page.select(2);
    let seq = 0;
    const grow = async (): Promise<void> => {
      for (let i = 0; i < 10; i++)
        await page.apply(delta(2, seq, `Paragraph ${seq++} of the answer, which goes on.\n\n`));
      await page.page.waitForSelector(`text=Paragraph ${seq - 1} of`);
      await page.frame();
    };
    const left = (): Promise<number> =>
      page.page.evaluate<number>(
        "(() => { const b = document.querySelector('.detail-body'); return b.scrollHeight - b.clientHeight - b.scrollTop })()",
      );
    for (let i = 0; i < 4; i++) await grow();
    expect(await left()).toBeLessThanOrEqual(24);
    await page.page.hover('.detail-body');
    await page.page.mouse.wheel(0, -300);
    await page.until(
      "(() => { const b = document.querySelector('.detail-body'); return b.scrollHeight - b.clientHeight - b.scrollTop > 200 })()",
    );
    const top = await page.page.evaluate<number>(
      "document.querySelector('.detail-body').scrollTop",
    );
    await grow();
    expect(await page.page.evaluate("document.querySelector('.detail-body').scrollTop")).toBe(top);
    await page.page.mouse.wheel(0, 100_000);
    await page.until(
      "(() => { const b = document.querySelector('.detail-body'); return b.scrollHeight - b.clientHeight - b.scrollTop < 24 })()",
    );
    await grow();
    expect(await left()).toBeLessThanOrEqual(24);
    await page.page.close();
  });

  it('shows no half of a mark while an answer streams', async () => {
    const page = await DetailPage.open(browser, server.url);
    await page.apply(open(2));
    await page.select(2);
    const answer =
      'Some **bold** words\n- one\n- two `code`\n\nsee [the issue](https://example.com/5)\n\n---\nEnd\n';
    const seen = new Set<string>();
    for (const [seq, character] of Array.from(answer).entries()) {
      await page.apply(delta(2, seq, character));
      await page.frame();
      const shown = await page.page.evaluate<string>(
        "(() => { const m = document.querySelector('.markdown'); return m === null ? '' : (m.querySelector('h1,h2') ? 'HEADING ' : '') + m.textContent })()",
      );
      if (/HEADING|\*|`|\]\(|\[/.test(shown)) seen.add(shown);
    }
    expect([...seen]).toEqual([]);
    await page.apply(close(2));
    await page.page.waitForSelector('.markdown a[href="https://example.com/5"]');
    await page.page.close();
  });

  it('shows thoughts and tool calls of a recorded session as such, while they come', async () => {
    const page = await DetailPage.open(browser, server.url);
    await page.apply(open(2));
    await page.select(2);
    await page.apply(delta(2, 0, '<thinking>\nIt may be the port.\n</thinking>'));
    // The thought is read while it comes, and folded away behind what follows.
    await page.page.waitForSelector('.part-reasoning[open] >> text=It may be the port.');
    await page.apply(
      delta(2, 1, '\nLet me look.\n<tool_use name="Bash">{"command":"ls\\n-l"}</tool_use>'),
    );
    await page.page.waitForSelector('.part-reasoning:not([open])');
    await page.page.waitForSelector('.part-tool >> text=Bash');
    await page.apply(close(2));
    await page.page.waitForSelector('.part-tool >> text=Bash');
    expect(await page.text()).toContain('Let me look.');
    expect(await page.text()).not.toMatch(/<thinking>|<tool_use/);
    await page.page.click('.payload-raw:enabled');
    await page.page.waitForSelector('text=/<tool_use name="Bash">/');
    expect(page.faults).toEqual([]);
    await page.page.close();
  });

  it('tells of content that expired, and tries again what failed', async () => {
    const page = await DetailPage.open(browser, server.url);
    await page.apply(open(2, { spanType: 'tool', input: { command: 'x'.repeat(600) } }));
    await page.page.evaluate("run.fail(new Error('the gateway is away'))");
    await page.select(2);
    await page.page.waitForSelector('role=alert');
    expect(await page.text()).toContain('the gateway is away');
    await page.page.evaluate('run.fail(undefined)');
    await page.page.click('text=Try again');
    await page.page.waitForSelector('.fields-view');
    await page.apply(open(3, { spanType: 'tool', input: { gone: 'y'.repeat(600) } }));
    await page.page.evaluate('run.expire()');
    await page.select(3);
    await page.page.waitForSelector('text=This content has expired');
    expect(await page.text()).toContain('{"gone":"yyyy');
    await page.page.close();
  });

  it('puts no more on the page than can be read, whatever the size', async () => {
    const page = await DetailPage.open(browser, server.url);
    const values = [
      'x'.repeat(1_000_000),
      '# Head\n\nSome words.\n\n'.repeat(45_000),
      conversation(2_000),
      Array.from({ length: 100_000 }, (_, n) => n),
      '<tool_use name="Bash">{"command":"ls"}</tool_use>\n'.repeat(20_000),
      Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`key ${n}`, { n }])),
      [
        {
          role: 'user',
          content: Array.from({ length: 3_000 }, (_, n) => ({ type: 'text', text: `part ${n}` })),
        },
      ],
    ];
    for (const [index, input] of values.entries()) {
      const n = index + 2;
      await page.apply(open(n, { spanType: 'tool', input }));
      await page.select(n);
      await page.page.waitForSelector('.payload-raw:enabled');
      await page.settled();
      expect(await page.count('#root *')).toBeLessThan(10_000);
      await page.page.click('.payload-raw:enabled');
      await page.frame();
      expect(await page.count('#root *')).toBeLessThan(10_000);
      await page.page.click('.payload-raw:enabled');
    }
    await page.select(4);
    await page.page.click('text=Show all');
    await page.until("document.querySelectorAll('.message').length === 2000");
    expect(page.faults).toEqual([]);
    await page.page.close();
  });

  it.each(['light', 'dark'] as const)('is accessible (%s)', async (colorScheme) => {
    const page = await DetailPage.open(browser, server.url);
    await page.page.emulateMedia({ colorScheme });
    await page.apply(
      open(1, { input: 'Mend the build' }),
      open(2, { input: conversation(2) }),
      close(2),
      open(3, {
        attributes: { a: 1, b: { c: [1, 2] }, 'gen_ai.request.model': 'gpt-5' },
        input: [
          ...conversation(2),
          { role: 'system', content: '# Rules\n\n- [ ] one\n\n| a | b |\n|---|---|\n| 1 | 2 |' },
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'Hm' },
              { type: 'tool_use', name: 'Bash', input: { command: 'ls # all\necho "x"', n: 1 } },
            ],
          },
          { role: 'tool', content: '{"a":{"b":1}}', is_error: true },
          {
            role: 'user',
            content: [
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
            ],
          },
        ],
        links: [{ traceId: 'f'.repeat(32), spanId: spanIdOf(9) }],
        logs: [{ timeUs: START_US, message: 'hello', level: 'warn' }],
      }),
      close(3, {
        status: 'error',
        error: { type: 'E', message: 'm', stack: 'at x' },
        output: '```ts\nconst a = 1; // one\n```\n[link](https://a.b)',
      }),
    );
    await page.select(3);
    await page.settled();
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    await page.page.evaluate(axe);
    for (const tab of ['content', 'attributes', 'logs', 'links', 'children']) {
      await page.tab(tab);
      await page.settled();
      const violations = await page.page.evaluate<string[]>(
        "axe.run(document.querySelector('#root')).then(({ violations }) => violations.filter(({ impact }) => ['serious', 'critical'].includes(impact)).map(({ id, nodes }) => id + ' ' + nodes.map(({ html }) => html.slice(0, 120)).join(' ')))",
      );
      expect(violations).toEqual([]);
    }
    await page.page.close();
  });
});
