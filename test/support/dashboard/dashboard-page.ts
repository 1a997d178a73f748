import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { READ_ALL_ROWS, type ShownRow } from './shown-tree.ts';

/** Notes what a page must never do, before anything of the page runs. */
const WATCH = `
  globalThis.violations = [];
  document.addEventListener('securitypolicyviolation', (event) => {
    globalThis.violations.push(event.effectiveDirective + ' ' + event.blockedURI);
  });`;

/** What the browser itself says when a gateway is away; a page cannot keep it from that. */
export const AWAY = /ERR_CONNECTION_REFUSED|WebSocket connection to .* failed|ERR_CONNECTION_RESET/;

/** A page of a gateway's dashboard in a real browser, and whatever goes wrong on it. */
export class DashboardPage {
  readonly page: Page;
  readonly url: string;
  /** Console errors and warnings, exceptions, dialogs. */
  readonly faults: string[] = [];
  /** What was asked of anybody but the gateway. */
  readonly strangers: string[] = [];
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext, page: Page, url: string) {
    this.#context = context;
    this.page = page;
    this.url = url;
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        this.faults.push(message.text());
    });
    page.on('pageerror', (error) => this.faults.push(String(error)));
    page.on('dialog', (dialog) => {
      this.faults.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    context.on('page', (other) => {
      if (other !== page) this.faults.push(`another window ${other.url()}`);
    });
    context.on('request', (request) => {
      const asked = request.url();
      if (!asked.startsWith(`${url}/`) && !asked.startsWith('data:')) this.strangers.push(asked);
    });
  }

  /** In a profile of its own. */
  static async open(
    browser: Browser,
    url: string,
    options: BrowserContextOptions = {},
  ): Promise<DashboardPage> {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      ...options,
    });
    await context.addInitScript(WATCH);
    return new DashboardPage(context, await context.newPage(), url);
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(this.url + path);
  }

  /** A run that is shown and followed, or over. */
  async openRun(traceId: string, rest = ''): Promise<void> {
    await this.goto(`/runs/${traceId}${rest}`);
    await this.page.waitForSelector('[role=treeitem]');
  }

  /** A run in one of its views. */
  async openView(traceId: string, view: string): Promise<void> {
    await this.goto(`/runs/${traceId}?view=${view}`);
    await this.page.waitForSelector(`#view-tab-${view}[aria-selected=true]`);
  }

  /** Until the run's end is shown: all there is, and nothing waits to be drawn. */
  async ended(timeoutMs = 120_000): Promise<void> {
    await this.page.waitForSelector('.watch-indicator[data-kind=off]', { timeout: timeoutMs });
    await this.settled();
  }

  /** Until nothing of the tree moves any more. */
  async settled(): Promise<void> {
    await this.page.evaluate(`(async () => {
      const tree = document.querySelector('[role=tree]') ?? document.querySelector('main');
      let before = '';
      for (let same = 0; same < 3; ) {
        await new Promise((done) => setTimeout(done, 150));
        const now = tree.innerHTML.length + ' ' + tree.scrollHeight;
        same = now === before ? same + 1 : 0;
        before = now;
      }
    })()`);
  }

  /**
   * Until an expression is true in the page. (`waitForFunction` evaluates text in the page, which its
   * policy forbids.)
   */
  async until(condition: string, timeoutMs = 60_000): Promise<void> {
    const holds = await this.page.evaluate<boolean>(`(async () => {
      const untilMs = performance.now() + ${timeoutMs};
      while (!(${condition})) {
        if (performance.now() > untilMs) return false;
        await new Promise((done) => setTimeout(done, 20));
      }
      return true;
    })()`);
    if (!holds) throw new Error(`timed out waiting until ${condition}`);
  }

  rows(): Promise<ShownRow[]> {
    return this.page.evaluate<ShownRow[]>(READ_ALL_ROWS);
  }

  evaluate<T>(program: string): Promise<T> {
    return this.page.evaluate<T>(program);
  }

  /** All that went wrong. `except`: what must. */
  async problems(except?: RegExp): Promise<string[]> {
    const violations = await this.page.evaluate<string[]>('globalThis.violations');
    return [
      ...this.faults.filter((fault) => except?.test(fault) !== true),
      ...violations.map((one) => `against the policy: ${one}`),
      ...this.strangers.map((one) => `asked ${one}`),
    ];
  }

  async close(): Promise<void> {
    await this.#context.close();
  }
}
