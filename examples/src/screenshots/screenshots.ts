/**
 * Takes the pictures of the dashboard in the README: a gateway of its own, the recorded runs, and a
 * real browser.
 *
 *   npm run screenshots            writes docs/images/dashboard-*.png
 *   npm run screenshots -- DIR     writes them to another folder
 */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { startBrowser } from '../../../test/support/browser.ts';
import { builtDashboard } from '../../../test/support/dashboard/build-dashboard.ts';
import { makeStage, type Stage } from './stage.ts';

const THEMES = ['light', 'dark'] as const;
const LAPTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

interface Picture {
  name: string;
  path: (stage: Stage) => string;
  /** What must be there before it is taken. */
  ready: string;
  phone?: true;
  /** What is done before it is taken. */
  prepare?: (page: Page) => Promise<void>;
}

const PICTURES: readonly Picture[] = [
  { name: 'runs', path: () => '/', ready: '.runs-row[data-status]' },
  { name: 'run', path: ({ live }) => `/runs/${live}`, ready: '[role=treeitem]' },
  {
    name: 'detail',
    path: ({ live, answer }) => `/runs/${live}?span=${answer.spanId}`,
    ready: '.run-detail [role=tab]',
  },
  {
    name: 'conversation',
    path: ({ pair }) => `/runs/${pair[1]}?view=conversation`,
    ready: '#view-tab-conversation[aria-selected=true]',
  },
  {
    name: 'graph',
    path: ({ graph }) => `/runs/${graph}?view=graph`,
    ready: '#view-tab-graph[aria-selected=true]',
  },
  {
    name: 'moment',
    path: ({ pair }) => `/runs/${pair[0]}`,
    ready: '[role=treeitem]',
    prepare: async (page) => {
      const slider = page.getByRole('slider', { name: 'Moment of the run' });
      const box = await slider.boundingBox();
      if (box === null) throw new Error('the scrubber is not there');
      await slider.click({ position: { x: box.width * 0.45, y: box.height / 2 } });
      await page.waitForSelector('.watch-indicator[data-kind=past]');
    },
  },
  { name: 'board', path: () => '/board', ready: 'main a[href^="/runs/"]' },
  {
    name: 'compare',
    path: ({ pair }) => `/compare/${pair[0]}/${pair[1]}`,
    ready: '.compare-page, main h1, main [role=grid], main [role=tree]',
  },
  { name: 'phone-runs', path: () => '/', ready: '.runs-row[data-status]', phone: true },
  { name: 'phone-run', path: ({ live }) => `/runs/${live}`, ready: '[role=treeitem]', phone: true },
];

const folder = process.argv[2] ?? join(import.meta.dirname, '../../../docs/images');
mkdirSync(folder, { recursive: true });
await using stage = await makeStage(await builtDashboard());
const browser = await startBrowser();
for (const colorScheme of THEMES)
  for (const { name, path, ready, phone, prepare } of PICTURES) {
    if (phone === true && colorScheme === 'dark') continue;
    const page = await browser.newPage({
      viewport: phone === true ? PHONE : LAPTOP,
      colorScheme,
      locale: 'en-US',
      reducedMotion: 'reduce',
    });
    await page.goto(stage.url + path(stage));
    await page.waitForSelector(ready);
    await prepare?.(page);
    // Until what loads lazily is there.
    await page.waitForLoadState('networkidle').catch(() => {});
    await page.waitForTimeout(700);
    const file = join(folder, `dashboard-${name}-${colorScheme}.png`);
    await page.screenshot({ path: file });
    console.log(`${file}  ${Math.round(statSync(file).size / 1_024)} KiB`);
    await page.close();
  }
await browser.close();
