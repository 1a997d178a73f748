import type { Browser, Page } from 'playwright-core';
import { eventually } from '../eventually.ts';

/** An event of the log, with values where it has payloads. */
export type PageEvent = Record<string, unknown> & { type: string; spanId: string };

export function spanIdOf(n: number): string {
  return n.toString(16).padStart(16, '0');
}

/** The page of `DETAIL_PROGRAM`, and whatever went wrong on it. */
export class DetailPage {
  readonly page: Page;
  /** Console errors, exceptions, dialogs, breaches of the policy. */
  readonly faults: string[] = [];
  /** Whatever was asked of anybody but the page's own server. */
  readonly strangers: string[] = [];

  private constructor(page: Page, url: string) {
    this.page = page;
    page.on('console', (message) => {
      if (message.type() === 'error') this.faults.push(message.text());
    });
    page.on('pageerror', (error) => this.faults.push(String(error)));
    page.on('dialog', (dialog) => {
      this.faults.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      const asked = request.url();
      if (!asked.startsWith(url) && !asked.startsWith('data:')) this.strangers.push(asked);
    });
  }

  static async open(browser: Browser, url: string): Promise<DetailPage> {
    const page = await browser.newPage({ viewport: { width: 600, height: 800 } });
    const detail = new DetailPage(page, url);
    await page.goto(url);
    await detail.until('globalThis.run !== undefined');
    return detail;
  }

  async apply(...events: PageEvent[]): Promise<void> {
    await this.page.evaluate(`run.applyJson(${JSON.stringify(JSON.stringify(events))})`);
  }

  async select(n: number): Promise<void> {
    await this.page.evaluate(`run.select('${spanIdOf(n)}')`);
    await this.frame();
  }

  async tab(name: string): Promise<void> {
    await this.page.evaluate(`document.querySelector('#detail-tab-${name}').click()`);
  }

  /** Until what loads lazily is there. */
  async settled(): Promise<void> {
    await this.until("document.querySelector('.payload-loading') === null");
    await this.frame();
  }

  /** The page's policy refuses the browser's own way to wait for an expression. */
  async until(expression: string): Promise<void> {
    await eventually(() => this.page.evaluate<boolean>(expression), expression);
  }

  /** Until what was clicked is on the page. */
  async frame(): Promise<void> {
    await this.page.evaluate(
      'new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(true))))',
    );
  }

  text(): Promise<string> {
    return this.page.evaluate<string>("document.querySelector('#root').textContent");
  }

  count(selector: string): Promise<number> {
    return this.page.locator(selector).count();
  }

  /** What a page that shows texts of agents must not have. */
  dangers(): Promise<string[]> {
    return this.page.evaluate<string[]>(DANGERS);
  }
}

const DANGERS = `(() => {
  const found = [];
  if (globalThis.pwned !== undefined || ({}).pwned !== undefined) found.push('it ran');
  const own = document.querySelector('#root');
  for (const element of own.querySelectorAll('*')) {
    const name = element.localName;
    if (['script', 'iframe', 'object', 'embed', 'link', 'meta', 'base', 'form', 'style'].includes(name)) found.push(name);
    for (const { name: attribute, value } of element.attributes) {
      if (attribute.startsWith('on')) found.push(name + ' ' + attribute);
      if (attribute === 'href' && !/^(?:https?:\\/\\/|mailto:|\\/runs\\/)/.test(value)) found.push('link to ' + value);
      if (attribute === 'src' && !/^data:image\\/(?!svg)/.test(value)) found.push('loads ' + value);
      if (['srcdoc', 'srcset', 'formaction', 'action'].includes(attribute)) found.push(attribute);
    }
    if (name === 'a' && !element.getAttribute('href').startsWith('/') && element.rel !== 'noopener noreferrer') found.push('a link without rel');
  }
  return found;
})()`;
