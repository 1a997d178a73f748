import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Payload, TraceEvent } from '@spantail/protocol';
import { startBrowser } from '../support/browser.ts';
import { BuiltDashboard } from '../support/dashboard/built-dashboard.ts';
import { startTestGateway } from '../support/gateway.ts';
import { MemoryArchive } from '../support/memory-archive.ts';
import { spanId, traceId } from '../support/query/sample-runs.ts';

let browser: Browser;
let dashboard: BuiltDashboard;
beforeAll(async () => {
  [browser, dashboard] = await Promise.all([startBrowser(), BuiltDashboard.build()]);
});
afterAll(async () => {
  await browser.close();
});

function argumentsOf(value: object): Payload {
  const text = JSON.stringify(value);
  return { mediaType: 'application/json', bytes: text.length, preview: text, parts: [text] };
}

/** An agent that reads a file; without `end` it is still reading. */
function reading(file: string, startUs: number, end: boolean): TraceEvent[] {
  const agent = { spanId: spanId(1), name: 'langgraph.graph.state.CompiledStateGraph.invoke' };
  return [
    {
      type: 'open',
      ...agent,
      spanType: 'agent',
      startUs,
      attributes: { 'gen_ai.agent.name': 'reader' },
    },
    {
      type: 'open',
      spanId: spanId(2),
      parentSpanId: spanId(1),
      name: 'Read',
      spanType: 'tool',
      startUs: startUs + 1_000,
      input: argumentsOf({ limit: 5, file_path: file }),
    },
    ...(end
      ? [2, 1].map((id): TraceEvent => ({
          type: 'close',
          spanId: spanId(id),
          endUs: startUs + 500_000,
          status: 'ok',
        }))
      : []),
  ];
}

describe('a comparison with a run that goes on', () => {
  it('says what each step is about, and how long what is open has taken by now', async () => {
    const gateway = await startTestGateway({
      archive: new MemoryArchive(),
      tracker: { graceMs: 5 },
    });
    const nowUs = Date.now() * 1_000;
    await gateway.append(traceId(1), reading('src/old.ts', nowUs - 9_000_000, true), { fin: true });
    await gateway.append(traceId(2), reading('src/new.ts', nowUs, false));
    const path = `/compare/${traceId(1)}/${traceId(2)}`;
    const { page, faults } = await dashboard.open(browser, gateway.url, path);
    const [agent, tool] = [page.locator('.pair').nth(0), page.locator('.pair').nth(1)];
    await tool.waitFor();
    expect(await agent.locator('.step-name').allTextContents()).toEqual(['reader', 'reader']);
    expect(await tool.locator('.step-snippet').allTextContents()).toEqual([
      'src/old.ts',
      'src/new.ts',
    ]);
    for (const selector of [
      '.pair:nth-child(2) .step:last-child .step-duration',
      '.compare-summary tbody tr:nth-child(2) td:nth-child(4)',
    ]) {
      const before = await page.locator(selector).textContent();
      expect(before).toMatch(/^\d/);
      await page.waitForFunction(
        `document.querySelector(${JSON.stringify(selector)}).textContent !== ${JSON.stringify(before)}`,
      );
    }
    expect(await tool.locator('.step-duration').first().textContent()).toBe('499 ms');
    await page.click('.compare-bar >> role=link[name="All runs"]');
    await page.waitForURL((url) => url.pathname === '/');
    expect(faults).toEqual([]);
  });
});
