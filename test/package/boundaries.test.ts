import { readFileSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

/** What each package's sources may import besides their own files (ARCHITECTURE.md). */
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

/** Text by file, as `src/…`. */
function sourcesOf(folder: string): Map<string, string> {
  const source = join(ROOT, folder, 'src');
  const names = readdirSync(source, { recursive: true, encoding: 'utf8' });
  return new Map(
    names
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => [`src/${name}`, readFileSync(join(source, name), 'utf8')]),
  );
}

function importsOf(folder: string): Import[] {
  const found: Import[] = [];
  for (const [file, text] of sourcesOf(folder)) {
    const pattern =
      /^(?:import|export)\b[^'";]*?from\s*'([^']+)'|^import\s*'([^']+)'|\bimport\('([^']+)'\)/gm;
    for (const match of text.matchAll(pattern)) {
      const specifier = match[1] ?? match[2] ?? match[3];
      if (specifier !== undefined) found.push({ file, specifier });
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

describe('the dashboard', () => {
  const sources = sourcesOf('dashboard');

  it('takes of the protocol nothing that encodes, decodes or belongs to a log (ADR 4)', () => {
    const inner = [...sourcesOf('shared')].filter(([file]) => /^src\/(codec|log)\//.test(file));
    const names = inner.flatMap(([, text]) =>
      [...text.matchAll(/^export (?:async )?(?:function\*?|const|class) (\w+)/gm)].map(
        ([, name]) => name,
      ),
    );
    expect(names).toEqual(expect.arrayContaining(['decodeEvent', 'encodeEvent', 'streamKeys']));
    const taken = [...sources.values()].flatMap((text) => valuesFrom(text, '@spantail/protocol'));
    expect(taken).toContain('isTraceId');
    expect(taken.filter((name) => name === '*' || names.includes(name))).toEqual([]);
  });

  it('speaks to the gateway through the client alone (ADR 4)', () => {
    const speaking = /\b(?:fetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon)/;
    const others = [...sources].filter(([, text]) => speaking.test(text)).map(([file]) => file);
    expect(others).toEqual([]);
  });
});

/** What a text imports of a package to use while it runs; `*`: all of it. */
function valuesFrom(text: string, specifier: string): string[] {
  const found: string[] = [];
  const pattern = /^(?:import|export)\s+(type\s+)?([^'";]*?)\s+from\s*'([^']+)'/gm;
  for (const [, isType, names = '', from] of text.matchAll(pattern)) {
    if (from !== specifier || isType !== undefined) continue;
    if (!names.startsWith('{')) found.push('*');
    for (const name of names
      .replaceAll(/[{}]/g, '')
      .split(',')
      .map((one) => one.trim()))
      if (name !== '' && !name.startsWith('type ')) found.push(name.replace(/ as .*/, ''));
  }
  return found;
}

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
