import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startBrowser } from '../../support/browser.ts';
import { bundleForBrowser } from '../../support/client/bundle.ts';
import { servePage } from '../../support/client/page-server.ts';
import { publishRun } from '../../support/client/publish.ts';
import { startTestGateway } from '../../support/gateway.ts';
import { MemoryArchive } from '../../support/memory-archive.ts';

const README = readFileSync(join(import.meta.dirname, '..', '..', '..', 'README.md'), 'utf8');
const ADDRESS = 'http://127.0.0.1:7321';

/** The page that the README has readers begin with. */
function readmePage(): string {
  const blocks = [...README.matchAll(/^```tsx\n(.*?)^```/gms)].map(([, block = '']) => block);
  const page = blocks.find((block) => block.includes('createRoot('));
  if (page?.includes(ADDRESS) !== true) throw new Error('the README has no page');
  return page;
}

describe('the page in the README', () => {
  it('lists runs, shows one, and loads what went into a step', async () => {
    const gateway = await startTestGateway({
      archive: new MemoryArchive(),
      tracker: { graceMs: 5 },
    });
    const program = readmePage().replace(ADDRESS, gateway.url);
    await publishRun(gateway, 221, { spans: 5 });
    const server = await servePage((await bundleForBrowser(program)).code);
    const browser = await startBrowser();
    onTestFinished(async () => {
      await browser.close();
      await server.close();
    });
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(server.url);
    await page.click('button:has-text("step 0")');
    await page.waitForSelector('text=ended');
    await page.waitForFunction("document.querySelectorAll('p button').length === 5");
    const logged = page.waitForEvent('console');
    await page.click('text=Log input');
    expect((await logged).text()).toContain('input of step 0');
    expect(faults).toEqual([]);
  });
});
