import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..', '..', '..');

export interface Bundle {
  code: Uint8Array;
  /** Modules in it, by the bytes they take. */
  modules: { path: string; bytes: number }[];
}

/** What a web page loads for a program, as its author's bundler would make it. */
export async function bundleForBrowser(program: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: join(ROOT, 'test'), loader: 'tsx' },
    bundle: true,
    platform: 'browser',
    format: 'esm',
    jsx: 'automatic',
    minify: true,
    conditions: ['source'],
    write: false,
    metafile: true,
    logLevel: 'silent',
    absWorkingDir: ROOT,
    // Left as they are, so that they show.
    external: [...builtinModules, 'node:*'],
  });
  const [output] = Object.values(metafile.outputs);
  const [file] = outputFiles;
  if (output === undefined || file === undefined) throw new Error('esbuild made nothing');
  return {
    code: file.contents,
    modules: Object.entries(output.inputs)
      .map(([path, { bytesInOutput }]) => ({ path, bytes: bytesInOutput }))
      .toSorted((a, b) => b.bytes - a.bytes),
  };
}
