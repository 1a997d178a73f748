import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { builtDashboard } from '../support/dashboard/build-dashboard.ts';

const MOST_BYTES = 200 * 1_024;

/** Files that a chunk imports before it runs; what it loads later is not among them. */
const STATIC_IMPORT = /(?:\bfrom|\bimport)\s*"\.\/([^"]+\.js)"/g;

/** Everything that the first page needs: itself, its styles, its script and what that imports. */
function initialFiles(folder: string): string[] {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const named = [...page.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/g)].map(([, file]) => file);
  const files = new Set(['index.html', ...named.map((file) => file ?? '')]);
  for (const file of files) {
    if (!file.endsWith('.js')) continue;
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, imported = ''] of text.matchAll(STATIC_IMPORT)) files.add(`assets/${imported}`);
  }
  return [...files];
}

describe('what the dashboard loads at first', () => {
  it('is at most 200 KB, packed', async () => {
    const folder = await builtDashboard();
    const files = initialFiles(folder);
    expect(files.filter((file) => file.endsWith('.js')).length).toBeGreaterThan(0);
    expect(files.filter((file) => file.endsWith('.css')).length).toBeGreaterThan(0);
    const sizes = files.map((file) => ({
      file,
      bytes: gzipSync(readFileSync(join(folder, file))).length,
    }));
    const bytes = sizes.reduce((sum, one) => sum + one.bytes, 0);
    expect(bytes, JSON.stringify(sizes, undefined, 1)).toBeLessThanOrEqual(MOST_BYTES);
    // A page that loads nothing would pass, too.
    expect(bytes).toBeGreaterThan(40 * 1_024);
  });

  it('is React for users, not for developers', async () => {
    const folder = await builtDashboard();
    for (const file of initialFiles(folder))
      expect(readFileSync(join(folder, file), 'utf8')).not.toContain('jsxDEV(');
  });
});
