import type { Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { startBrowser } from '../browser.ts';
import { bundleForBrowser } from '../client/bundle.ts';
import { servePage } from '../client/page-server.ts';

/** A page that has nothing on it but a hook. Its program leaves what it notes in `globalThis.notes`. */
export abstract class HookPage<Notes> {
  readonly page: Page;
  readonly faults: string[] = [];

  protected constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.faults.push(error.message));
  }

  /** A new page in a browser of its own, gone when the test is over. */
  protected static async newPage(): Promise<Page> {
    const browser = await startBrowser();
    onTestFinished(() => browser.close());
    return browser.newPage();
  }

  /** @param program what a user of the hook would write, run in the browser */
  protected async run(program: string): Promise<void> {
    const server = await servePage((await bundleForBrowser(program)).code);
    onTestFinished(() => server.close());
    await this.page.goto(server.url);
    await this.page.waitForFunction('globalThis.notes !== undefined');
  }

  /** Until an expression over `view` and all else in the notes holds in the page. */
  async until(condition: string): Promise<void> {
    await this.page.waitForFunction(
      `((notes) => {
        const { view, asked, witness } = notes;
        return view !== undefined && (${condition});
      })(globalThis.notes)`,
      undefined,
      // A page may have no frames.
      { polling: 20 },
    );
  }

  async notes(): Promise<Notes> {
    return JSON.parse(
      await this.page.evaluate<string>(`JSON.stringify(notes, (_, value) => value instanceof Error
        ? { code: value.code, position: value.position, message: value.message } : value)`),
    ) as Notes;
  }
}
