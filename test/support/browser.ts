import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const PLACES = [
  ...(process.env['PATH'] ?? '').split(delimiter),
  '/usr/bin',
  '/Applications/Chromium.app/Contents/MacOS',
];

/**
 * A browser of the test's own, with a profile that is new and goes with it.
 *
 * @throws Error that tells how to install one
 */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  });
}

function findChromium(): string {
  for (const place of PLACES)
    for (const name of NAMES) {
      const path = join(place, name);
      if (place !== '' && existsSync(path) && spawnSync(path, ['--version']).status === 0)
        return path;
    }
  throw new Error(
    'Chromium is not installed, and this test drives a real browser. Install it (Debian and ' +
      'Ubuntu: apt-get install chromium; macOS: brew install --cask chromium), or run `npm test`, ' +
      'which says or does it',
  );
}
