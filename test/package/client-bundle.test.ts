import { builtinModules } from 'node:module';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bundleForBrowser } from '../support/client/bundle.ts';

const MOST_BYTES = 20 * 1_024;

describe('the client for the browser', () => {
  it.each([
    [
      'createClient',
      "import { createClient } from '@spantail/client'; globalThis.make = createClient;",
    ],
    ['everything it exports', "import * as all from '@spantail/client'; globalThis.all = all;"],
  ])('[CL18] has at most 20 KB with its decoder: %s', async (what, program) => {
    const { code, modules } = await bundleForBrowser(program);
    const bytes = gzipSync(code, { level: 9 }).byteLength;
    const largest = modules.slice(0, 5).map(({ path, bytes }) => `${path} ${bytes}`);
    console.log(
      `${what}: ${code.byteLength} bytes minified, ${bytes} gzip, ${MOST_BYTES} allowed; largest: ${largest.join(', ')}`,
    );
    expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
    // It is the whole client: a bundle without its decoder would be small, too.
    const paths = modules.map(({ path }) => path);
    for (const part of ['codec/read-value.ts', 'tree/run-tree.ts', 'blobs/fetch-blobs.ts'])
      expect(
        paths.some((path) => path.endsWith(part)),
        part,
      ).toBe(true);
    expect(paths.filter((path) => path.includes('msgpackr'))).toEqual([]);
  });

  it('[CL18] needs nothing of Node', async () => {
    const { code } = await bundleForBrowser("export * from '@spantail/client';");
    const text = new TextDecoder().decode(code);
    const imported = [...text.matchAll(/\b(?:from|import|require\()\s*["']([^"']+)["']/g)].map(
      ([, name]) => name,
    );
    expect(imported).toEqual([]);
    expect(builtinModules.filter((name) => text.includes(`node:${name}`))).toEqual([]);
    expect(text).not.toMatch(/\bprocess\.(?!browser)/);
    // The check would see one.
    const strange = await bundleForBrowser(
      "import { readFileSync } from 'node:fs'; readFileSync('x');",
    );
    expect(new TextDecoder().decode(strange.code)).toContain('node:fs');
  });
});
