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

interface Step {
  name: string;
  type: 'agent' | 'model' | 'tool' | 'step';
  input?: unknown;
  output?: unknown;
  /** It goes on. */
  open?: true;
}

/** The steps of an agent, one after the other; the agent goes on with a step that does. */
function eventsOf(steps: readonly Step[]): TraceEvent[] {
  const startUs = Date.now() * 1_000;
  const [root, ...ids] = Array.from({ length: steps.length + 1 }, () =>
    randomBytes(8).toString('hex'),
  );
  if (root === undefined) throw new Error('no ids');
  const goesOn = steps.some(({ open }) => open);
  const close = (spanId: string, output?: unknown): TraceEvent => ({
    type: 'close',
    spanId,
    endUs: startUs + 500,
    status: 'ok',
    ...(output === undefined ? {} : { output: payloadOf(output) }),
  });
  return [
    { type: 'open', spanId: root, name: 'helper', spanType: 'agent', startUs },
    ...steps.flatMap(({ name, type, input, output, open }, i): TraceEvent[] => {
      const spanId = ids[i] ?? '';
      return [
        {
          type: 'open',
          spanId,
          parentSpanId: root,
          name,
          spanType: type,
          startUs: startUs + i,
          ...(input === undefined ? {} : { input: payloadOf(input) }),
        },
        ...(open === true ? [] : [close(spanId, output)]),
      ];
    }),
    ...(goesOn ? [] : [close(root)]),
  ];
}

function payloadOf(value: unknown): Payload {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return {
    mediaType: typeof value === 'string' ? 'text/plain' : 'application/json',
    bytes: Buffer.byteLength(text),
    preview: text.slice(0, 200),
    parts: [text],
  };
}

async function openConversation(steps: readonly Step[]): Promise<DashboardPage> {
  const gateway = await startDashboardGateway();
  const traceId = newTraceId(randomBytes);
  const isOver = !steps.some(({ open }) => open);
  await gateway.append(traceId, eventsOf(steps), { fin: isOver });
  const page = await DashboardPage.open(browser, gateway.url);
  await page.goto(`/runs/${traceId}?view=conversation`);
  await page.page.waitForSelector('.conversation-row');
  return page;
}

describe('the conversation of a framework’s run', () => {
  it('tells calls and results of tools that have no spans of their own', async () => {
    const asked = { role: 'user', content: 'The weather in Rome?' };
    const call = {
      role: 'assistant',
      content: '',
      tool_calls: [
        { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } },
        { id: 'c2', type: 'function', function: { name: 'look', arguments: '{"at":"sky"}' } },
      ],
    };
    const results = [
      { role: 'tool', tool_call_id: 'c1', content: 'It is sunny there.' },
      { role: 'tool', tool_call_id: 'c2', content: 'It is blue.' },
    ];
    const page = await openConversation([
      { name: 'ChatOpenAI', type: 'model', input: [asked], output: call },
      { name: 'weather', type: 'step', input: { city: 'Rome' } },
      { name: 'look', type: 'tool', input: { n: 1, path: 'sky' }, output: 'It is blue.' },
      {
        name: 'ChatOpenAI',
        type: 'model',
        input: [asked, call, ...results],
        output: { role: 'assistant', content: 'Sunny.' },
      },
    ]);
    const { page: tab } = page;
    await tab.waitForSelector('text=It is sunny there.');
    const rows = await tab.locator('.conversation-row').allInnerTexts();
    expect(rows).toHaveLength(4);
    expect(rows[1]).toMatch(/weather[\s\S]*city[\s\S]*Rome/);
    expect(rows[1]).not.toContain('look');
    expect(rows[2]).toMatch(/^look\s+sky/);
    // Once, in the tool's own row.
    expect(rows.join('\n').match(/It is blue\./g)).toHaveLength(1);
    expect(rows[3]).toMatch(/It is sunny there\.[\s\S]*Sunny\./);
    expect(await page.problems()).toEqual([]);
    await page.close();
  });

  it('reads what Google’s models say, and messages with their role as a key', async () => {
    const page = await openConversation([
      {
        name: 'call_llm',
        type: 'model',
        input: { model: 'gemini', contents: [{ role: 'user', parts: [{ text: 'Hi there' }] }] },
        output: { content: { role: 'model', parts: [{ text: 'Hello **you**' }] }, stop: 1 },
      },
      { name: 'invoke', type: 'model', output: { ai: 'It was *nothing*.' } },
    ]);
    const { page: tab } = page;
    await tab.waitForSelector('.conversation-answer strong >> text=you');
    await tab.waitForSelector('text=Hi there');
    await tab.waitForSelector('text=nothing');
    expect(await tab.locator('.json-tree').count()).toBe(0);
    expect(await page.problems()).toEqual([]);
    await page.close();
  });

  /** Few, and each far larger than it is taken for before it is drawn. */
  const long = Array.from({ length: 4 }, (_, i): Step => ({
    name: `call ${i}`,
    type: 'model',
    output: `${'A line of what is said.\n\n'.repeat(40)}said ${i}.`,
  }));
  const SCROLLED = `(() => {
    const { scrollHeight, scrollTop, clientHeight } = document.querySelector('.conversation-scroller');
    return { top: scrollTop, left: scrollHeight - scrollTop - clientHeight, scrollHeight, clientHeight };
  })()`;

  it('begins at the top of a run that is over', async () => {
    const page = await openConversation(long);
    const { page: tab } = page;
    await tab.waitForSelector('text=said 0.');
    await page.settled();
    const { top, scrollHeight, clientHeight } =
      await tab.evaluate<Record<string, number>>(SCROLLED);
    expect(scrollHeight).toBeGreaterThan(3 * (clientHeight ?? 0));
    expect(top).toBe(0);
    await page.close();
  });

  it('begins at the end of a run that goes on', async () => {
    const page = await openConversation([...long, { name: 'last', type: 'tool', open: true }]);
    const { page: tab } = page;
    await tab.waitForSelector('.conversation-row strong >> text=last');
    await page.until(`${SCROLLED}.left < 60`);
    await page.close();
  });
});
