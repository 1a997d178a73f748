/**
 * Run before the tests: they start their own redis-server and drive a real browser. What is missing
 * is installed where that is allowed (Debian as root); otherwise this says how.
 */
import { spawnSync } from 'node:child_process';

interface Need {
  what: string;
  /** Commands, one of which is enough. */
  commands: string[];
  debianPackage: string;
  howTo: Record<string, string>;
}

const NEEDS: Need[] = [
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

const missing = (): Need[] => NEEDS.filter(({ commands }) => !commands.some(runs));

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
  const steps = [
    ['update', '-q'],
    ['install', '-q', '-y', '--no-install-recommends', ...packages],
  ];
  for (const step of steps) {
    const { status } = spawnSync('apt-get', step, { stdio: 'inherit', env });
    if (status !== 0) return;
  }
}

function runs(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}
