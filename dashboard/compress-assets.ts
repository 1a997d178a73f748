import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const TEXTS = /\.(?:js|css|svg)$/;

/** What fits in a packet is not worth a choice. */
const LEAST_BYTES = 1_024;

const packs: Readonly<Record<string, (bytes: Buffer) => Promise<Buffer>>> = {
  // Browsers take it only where the connection is secure, or on this machine.
  '.br': (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: {
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  '.gz': (bytes) => promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }),
};

/**
 * Writes each asset a second and a third time, compressed, beside itself. The gateway sends whichever
 * a browser takes, and compresses nothing while it serves.
 */
export function compressAssets(): Plugin {
  return {
    name: 'spantail:compress-assets',
    apply: 'build',
    // Behind every plugin that still changes what is written.
    writeBundle: {
      order: 'post',
      sequential: true,
      async handler({ dir }, bundle) {
        if (dir === undefined) return;
        const names = Object.keys(bundle).filter((name) => TEXTS.test(name));
        await Promise.all(names.map((name) => compress(join(dir, name))));
      },
    },
  };
}

async function compress(path: string): Promise<void> {
  const bytes = await readFile(path);
  if (bytes.length < LEAST_BYTES) return;
  for (const [extension, pack] of Object.entries(packs)) {
    const packed = await pack(bytes);
    if (packed.length < bytes.length) await writeFile(path + extension, packed);
  }
}
