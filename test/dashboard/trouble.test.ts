import type { TraceEvent } from '@spantail/protocol';
import type { Browser, WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { appendTrimmed } from '../support/append-trimmed.ts';
import { startBrowser } from '../support/browser.ts';
import { publishRun } from '../support/client/publish.ts';
import { builtDashboard } from '../support/dashboard/build-dashboard.ts';
import { DashboardPage } from '../support/dashboard/dashboard-page.ts';
import { startTestGateway } from '../support/gateway.ts';
import { generateRun } from '../support/generate-run.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

/** A gateway that keeps no record, and a page of its dashboard. */
async function open() {
  const gateway = await startTestGateway({ dashboard: await builtDashboard() });
  const page = await DashboardPage.open(browser, gateway.url);
  onTestFinished(() => page.close());
  return { gateway, page };
}

/** A socket that is closed so is not opened again. */
const NOT_AGAIN = 4406;

const textOf = (selector: string) =>
  `[...document.querySelectorAll('${selector}')].map((one) => one.textContent).join('|')`;

describe('what is not all there', () => {
  it('[PROM4] is said on the board and in a comparison, as on the page of the run', async () => {
    const { gateway, page } = await open();
    const holed = generateRun(301, { spans: 4 });
    const ticks = Array.from({ length: 200 }, (_, seq): TraceEvent => ({
      type: 'update',
      spanId: '3'.repeat(16),
      seq,
      outputDelta: `${seq} `,
    }));
    await appendTrimmed(gateway, holed.traceId, [...ticks, ...holed.events], holed.events.length);
    const whole = await publishRun(gateway, 302, { spans: 4 });

    await page.goto(`/board?run=${holed.traceId}&run=${whole.traceId}`);
    await page.until("document.querySelectorAll('.tile canvas').length === 2");
    await page.until(`${textOf('.tile-trouble')} === 'incomplete'`);
    const tile = page.page.locator(`.tile[data-id="${holed.traceId}"] .tile-trouble`);
    expect(await tile.getAttribute('title')).toContain('gone for good');

    await page.goto(`/compare/${whole.traceId}/${holed.traceId}`);
    await page.until(`/^BSomething .* gone for good/.test(${textOf('.run-notice')})`);

    await page.openRun(holed.traceId);
    await page.until(`/^Something .* gone for good/.test(${textOf('.run-notice')})`);
    // What the browser itself says of questions to the record.
    expect(await page.problems(/status of 404/)).toEqual([]);
  });

  it('is said of runs that can be watched no longer', async () => {
    const { gateway, page } = await open();
    const [one, other] = [generateRun(303, { spans: 4 }), generateRun(304, { spans: 4 })];
    for (const { traceId, events } of [one, other])
      await gateway.append(traceId, events.slice(0, 3));
    const sockets: WebSocketRoute[] = [];
    await page.page.routeWebSocket(/\/api\/v1\/watch/, (socket) => {
      socket.connectToServer();
      sockets.push(socket);
    });
    const breakAll = async (): Promise<void> => {
      for (const socket of sockets.splice(0)) await socket.close({ code: NOT_AGAIN });
    };

    await page.goto(`/board?run=${one.traceId}&run=${other.traceId}`);
    await page.until("document.querySelectorAll('.tile canvas').length === 2");
    await breakAll();
    await page.until(`${textOf('.tile-trouble')} === 'no longer watched|no longer watched'`);

    await page.goto(`/compare/${one.traceId}/${other.traceId}`);
    await page.until("document.querySelector('.compare-summary') !== null");
    expect(await page.evaluate(textOf('.run-notice'))).toBe('');
    await breakAll();
    await page.until(
      `/^AThis run is no longer watched.*\\|BThis run is no longer watched/.test(${textOf('.run-notice[role=alert]')})`,
    );
  });
});

describe('a gateway that keeps no record', () => {
  it('says so in place of the list, and opens a run by its trace id', async () => {
    const { gateway, page } = await open();
    const { traceId } = await publishRun(gateway, 305, { spans: 4 });
    await page.goto('/');
    await page.page.waitForSelector('text=This gateway keeps no record of runs');
    const input = page.page.getByLabel('Trace id');
    await input.fill('not one');
    await page.page.keyboard.press('Enter');
    await page.page.waitForSelector('role=alert >> text=A trace id has 32 digits');
    await input.fill(` ${traceId.toUpperCase()}`);
    await page.page.keyboard.press('Enter');
    await page.page.waitForSelector('[role=treeitem]');
    expect(new URL(page.page.url()).pathname).toBe(`/runs/${traceId}`);
    // What the browser itself says of the one answer.
    expect(await page.problems(/status of 404/)).toEqual([]);
  });

  it('puts a run on the board by its trace id', async () => {
    const { gateway, page } = await open();
    const { traceId } = await publishRun(gateway, 306, { spans: 4 });
    await page.goto('/board');
    await page.page.getByLabel('Trace id').fill(traceId);
    await page.page.getByRole('button', { name: 'Put on the board' }).click();
    await page.until("document.querySelectorAll('.tile canvas').length === 1");
    expect(new URL(page.page.url()).search).toBe(`?run=${traceId}`);
    expect(await page.page.locator('text=no record of runs').count()).toBe(0);
  });
});
