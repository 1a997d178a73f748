import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..', '..');
/** What goes into it. */
const SOURCES = ['dashboard', 'client/src', 'shared/src'];
const BUILDS = join(ROOT, 'node_modules', '.cache', 'spantail-dashboard');
/** Where a gateway takes it from. */
const SERVED = join(ROOT, 'server', 'dashboard');
/** A build that no test can be using any more. */
const STALE_MS = 24 * 3_600_000;

let built: Promise<string> | undefined;

/**
 * The folder of a build of the sources as they are now. It is made once for each state of them and
 * never changed, so that tests that run at the same time cannot take it from each other.
 */
export function builtDashboard(): Promise<string> {
  built ??= build();
  return built;
}

/** Puts it where `spantail serve` looks for it, unless what is there is as new as the sources. */
export async function installDashboard(): Promise<void> {
  const installedMs = modifiedMs(join(SERVED, 'index.html')) ?? 0;
  if (sourceFiles().every(({ ms }) => ms <= installedMs)) return;
  // The page last: what it names is there by then.
  const folder = await builtDashboard();
  await cp(join(folder, 'assets'), join(SERVED, 'assets'), { recursive: true });
  await cp(folder, SERVED, { recursive: true });
}

async function build(): Promise<string> {
  const state = createHash('sha256');
  for (const { path, ms, bytes } of sourceFiles()) state.update(`${path} ${ms} ${bytes}\n`);
  const folder = join(BUILDS, state.digest('hex').slice(0, 16));
  if (existsSync(folder)) return folder;
  mkdirSync(BUILDS, { recursive: true });
  removeStale();
  const unfinished = join(BUILDS, `unfinished-${randomUUID()}`);
  await runVite(unfinished);
  try {
    renameSync(unfinished, folder);
  } catch {
    // Another process was quicker with the same.
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

interface SourceFile {
  path: string;
  ms: number;
  bytes: number;
}

function sourceFiles(): SourceFile[] {
  return SOURCES.flatMap((folder) => filesBelow(join(ROOT, folder)));
}

function filesBelow(folder: string): SourceFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist') return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    const { mtimeMs, size } = statSync(path);
    return [{ path, ms: mtimeMs, bytes: size }];
  });
}

function removeStale(): void {
  for (const name of readdirSync(BUILDS)) {
    const path = join(BUILDS, name);
    if (Date.now() - (modifiedMs(path) ?? 0) > STALE_MS)
      rmSync(path, { recursive: true, force: true });
  }
}

function modifiedMs(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

async function runVite(outDir: string): Promise<void> {
  const vite = spawn(
    process.execPath,
    [
      join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js'),
      'build',
      '--logLevel',
      'warn',
      '--outDir',
      outDir,
    ],
    {
      cwd: join(ROOT, 'dashboard'),
      // The test runner's own value would make it React for developers.
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [vite.stdout, vite.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  const [code] = (await once(vite, 'close')) as [number | null];
  if (code !== 0) throw new Error(`the dashboard could not be built: ${output}`);
}
