import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
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

/** To a browser that takes gzip and nothing better. */
function servedBytes(path: string): number {
  const packed = statSync(`${path}.gz`, { throwIfNoEntry: false });
  return (packed ?? statSync(path)).size;
}

describe('what the dashboard loads at first', () => {
  it('is at most 200 KB, packed as it is served', async () => {
    const folder = await builtDashboard();
    const files = initialFiles(folder);
    expect(files.filter((file) => file.endsWith('.js')).length).toBeGreaterThan(0);
    expect(files.filter((file) => file.endsWith('.css')).length).toBeGreaterThan(0);
    const sizes = files.map((file) => ({ file, bytes: servedBytes(join(folder, file)) }));
    const bytes = sizes.reduce((sum, one) => sum + one.bytes, 0);
    expect(bytes, JSON.stringify(sizes, undefined, 1)).toBeLessThanOrEqual(MOST_BYTES);
    // A page that loads nothing would pass, too.
    expect(bytes).toBeGreaterThan(40 * 1_024);
  });

  it('has the compressed forms of every text in it that is worth them', async () => {
    const folder = await builtDashboard();
    const assets = readdirSync(join(folder, 'assets')).map((name) => join(folder, 'assets', name));
    const texts = assets.filter((path) => /\.(js|css|svg)$/.test(path));
    const big = texts.filter((path) => statSync(path).size >= 1_024);
    expect(big.length).toBeGreaterThan(10);
    for (const path of big) {
      const bytes = readFileSync(path);
      expect(gunzipSync(readFileSync(`${path}.gz`)).equals(bytes), path).toBe(true);
      expect(brotliDecompressSync(readFileSync(`${path}.br`)).equals(bytes), path).toBe(true);
    }
    const packed = assets.filter((path) => /\.(br|gz)$/.test(path));
    expect(packed.length).toBe(2 * big.length);
  });

  it('is React for users, not for developers', async () => {
    const folder = await builtDashboard();
    for (const file of initialFiles(folder))
      expect(readFileSync(join(folder, file), 'utf8')).not.toContain('jsxDEV(');
  });
});
