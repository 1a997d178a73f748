import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const ROOT = join(import.meta.dirname, '..', '..', '..');
/** What goes into it. */
const SOURCES = ['dashboard', 'client/src', 'shared/src'];
const LOCK = join(ROOT, 'node_modules', '.spantail-dashboard-build');
/** A build takes seconds; whoever holds the lock for longer is gone. */
const LOCK_MS = 60_000;

let building: Promise<void> | undefined;

/** Builds the dashboard unless the build that is there is as new as its sources. */
export function buildDashboard(): Promise<void> {
  building ??= build();
  return building;
}

/** Test files run at the same time, in processes of their own: one builds, the others wait. */
async function build(): Promise<void> {
  while (!isCurrent()) {
    if (!takeLock()) {
      await pause(50);
      continue;
    }
    try {
      if (!isBuilt()) await runVite();
    } finally {
      rmSync(LOCK, { recursive: true, force: true });
    }
    return;
  }
}

/** While somebody builds, files come and go. */
function isCurrent(): boolean {
  return modifiedMs(LOCK) === undefined && isBuilt();
}

function isBuilt(): boolean {
  const builtMs = modifiedMs(join(ROOT, 'server', 'dashboard', 'index.html'));
  if (builtMs === undefined) return false;
  return SOURCES.every((folder) => newestMs(join(ROOT, folder)) <= builtMs);
}

function newestMs(folder: string): number {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist') continue;
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestMs(path) : (modifiedMs(path) ?? 0));
  }
  return newest;
}

function modifiedMs(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

function takeLock(): boolean {
  try {
    mkdirSync(LOCK);
    return true;
  } catch {
    const heldSinceMs = modifiedMs(LOCK);
    if (heldSinceMs !== undefined && Date.now() - heldSinceMs > LOCK_MS)
      rmSync(LOCK, { recursive: true, force: true });
    return false;
  }
}

async function runVite(): Promise<void> {
  const vite = spawn(
    process.execPath,
    [join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'],
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
