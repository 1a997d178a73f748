/**
 * Run before the tests: they start their own redis-server and PostgreSQL and drive a real browser. What is missing
 * is installed where that is allowed (Debian as root); otherwise this says how.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';

interface Need {
  what: string;
  /** Commands, one of which is enough. */
  commands: string[];
  debianPackage: string;
  howTo: Record<string, string>;
}

const needs = (): Need[] => [
  {
    what: 'The tests start their own redis-server (7.0 or newer)',
    commands: ['redis-server'],
    debianPackage: 'redis-server',
    howTo: {
      'Debian, Ubuntu': 'sudo apt-get install redis-server',
      Fedora: 'sudo dnf install redis',
      Alpine: 'apk add redis',
      macOS: 'brew install redis',
    },
  },
  {
    what: 'The tests start their own PostgreSQL (15 or newer)',
    commands: ['initdb', ...debianPrograms('initdb')],
    debianPackage: 'postgresql',
    howTo: {
      'Debian, Ubuntu': 'sudo apt-get install postgresql',
      Fedora: 'sudo dnf install postgresql-server',
      Alpine: 'apk add postgresql',
      macOS: 'brew install postgresql',
    },
  },
  {
    what: 'The tests drive a real browser, Chromium',
    commands: [
      'chromium',
      'chromium-browser',
      'google-chrome',
      'google-chrome-stable',
      '/usr/bin/chromium',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
    ],
    debianPackage: 'chromium',
    howTo: {
      Debian: 'sudo apt-get install chromium',
      Fedora: 'sudo dnf install chromium',
      Alpine: 'apk add chromium',
      macOS: 'brew install --cask chromium',
    },
  },
];

const missing = (): Need[] =>
  needs().filter(({ commands }) => !commands.some((command) => runs(command)));

const absent = missing();
if (absent.length > 0 && process.getuid?.() === 0 && runs('apt-get'))
  install(absent.map(({ debianPackage }) => debianPackage));
const still = absent.length > 0 ? missing() : [];
for (const { what, commands, howTo } of still) {
  const lines = Object.entries(howTo).map(([system, how]) => `  ${system.padEnd(16)}${how}`);
  console.error(`${what}, and ${commands[0]} is not on the PATH. Install it:\n${lines.join('\n')}`);
}
if (still.length > 0) process.exit(1);

function install(packages: string[]): void {
  console.log(`installing with apt-get what is missing: ${packages.join(', ')}`);
  const env = {
    ...process.env,
    DEBIAN_FRONTEND: 'noninteractive',
    // The package of a server would start one: nobody needs that one.
    RUNLEVEL: '1',
  };
  if (packages.includes('postgresql')) refuseCluster();
  const steps = [
    ['update', '-q'],
    ['install', '-q', '-y', '--no-install-recommends', ...packages],
  ];
  for (const step of steps) {
    const { status } = spawnSync('apt-get', step, { stdio: 'inherit', env });
    if (status !== 0) return;
  }
}

/** Its package would make a cluster, and start it at every boot. */
function refuseCluster(): void {
  const folder = '/etc/postgresql-common';
  const file = `${folder}/createcluster.conf`;
  if (existsSync(file)) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, 'create_main_cluster = false\n');
}

/** Debian keeps PostgreSQL's programs off the PATH, by version. */
function debianPrograms(name: string): string[] {
  const folder = '/usr/lib/postgresql';
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((version) => `${folder}/${version}/bin/${name}`);
}

function runs(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}
