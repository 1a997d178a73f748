import { readFileSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

/** What each package's sources may import besides their own files (ARCHITECTURE.md, DESIGN §3). */
const MAY_IMPORT: Record<string, (specifier: string, file: string) => boolean> = {
  shared: (specifier) => /^msgpackr(\/|$)/.test(specifier),
  client: (specifier, file) =>
    specifier === '@spantail/protocol' || (specifier === 'react' && file.startsWith('src/react/')),
  // Its libraries are its own business; of ours it has what everybody has.
  dashboard: (specifier) =>
    !isBuiltin(specifier) &&
    (!/^(@spantail\/|spantail)/.test(specifier) ||
      specifier === '@spantail/protocol' ||
      /^@spantail\/client(\/|$)/.test(specifier)),
  agent: (specifier) =>
    specifier === '@spantail/protocol' ||
    specifier === 'ioredis' ||
    specifier === 'safe-stable-stringify' ||
    isBuiltin(specifier),
  server: (specifier, file) => {
    if (/^@spantail\/(client|agent)(\/|$)/.test(specifier))
      return /^src\/(cli|terminal|play|transfer)\//.test(file);
    return specifier !== 'spantail';
  },
};

interface Import {
  file: string;
  specifier: string;
}

function importsOf(folder: string): Import[] {
  const source = join(ROOT, folder, 'src');
  const found: Import[] = [];
  for (const name of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(name)) continue;
    const text = readFileSync(join(source, name), 'utf8');
    const pattern =
      /^(?:import|export)\b[^'";]*?from\s*'([^']+)'|^import\s*'([^']+)'|\bimport\('([^']+)'\)/gm;
    for (const match of text.matchAll(pattern)) {
      const specifier = match[1] ?? match[2] ?? match[3];
      if (specifier !== undefined) found.push({ file: `src/${name}`, specifier });
    }
  }
  return found;
}

function isBuiltin(specifier: string): boolean {
  return specifier.startsWith('node:') || builtinModules.includes(specifier);
}

describe.each(Object.keys(MAY_IMPORT))('boundaries of %s', (folder) => {
  const imports = importsOf(folder);

  it('imports only what its place in the house allows', () => {
    expect(imports.length).toBeGreaterThan(0);
    const foreign = imports.filter(
      ({ file, specifier }) =>
        !specifier.startsWith('.') && MAY_IMPORT[folder]?.(specifier, file) !== true,
    );
    expect(foreign).toEqual([]);
  });

  it('stays inside its own folder with relative imports', () => {
    const outside = imports.filter(({ file, specifier }) => {
      if (!specifier.startsWith('.')) return false;
      const target = resolve(ROOT, folder, dirname(file), specifier);
      return relative(join(ROOT, folder, 'src'), target).startsWith('..');
    });
    expect(outside).toEqual([]);
  });

  it('has no import cycle, type-only imports included', () => {
    const edges = new Map<string, string[]>();
    for (const { file, specifier } of imports)
      if (specifier.startsWith('.')) {
        const target = relative(
          join(ROOT, folder),
          resolve(ROOT, folder, dirname(file), specifier),
        );
        edges.set(file, [...(edges.get(file) ?? []), target]);
      }
    expect(findCycle(edges)).toBeUndefined();
  });
});

function findCycle(edges: Map<string, string[]>): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (node: string): string[] | undefined => {
    const at = path.indexOf(node);
    if (at >= 0) return [...path.slice(at), node];
    if (done.has(node)) return undefined;
    path.push(node);
    for (const next of edges.get(node) ?? []) {
      const cycle = visit(next);
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    done.add(node);
    return undefined;
  };
  for (const node of edges.keys()) {
    const cycle = visit(node);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
