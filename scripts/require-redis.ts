/**
 * Run before the tests: they start their own redis-server. Where it is missing, this installs it if
 * it may (Debian as root), and otherwise says how.
 */
import { spawnSync } from 'node:child_process';

const installed = (): boolean => runs('redis-server', '--version');

if (!installed()) {
  if (process.getuid?.() === 0 && runs('apt-get', '--version')) {
    console.log('redis-server is missing: installing it with apt-get');
    install();
  }
  if (!installed()) {
    console.error(
      'The tests start their own redis-server (7.0 or newer), and it is not on the PATH. Install it:\n' +
        '  Debian, Ubuntu  sudo apt-get install redis-server\n' +
        '  Fedora          sudo dnf install redis\n' +
        '  Alpine          apk add redis\n' +
        '  macOS           brew install redis',
    );
    process.exit(1);
  }
}

function install(): void {
  const env = {
    ...process.env,
    DEBIAN_FRONTEND: 'noninteractive',
    // The package would start a server of its own: nobody needs that one.
    RUNLEVEL: '1',
  };
  const steps = [
    ['update', '-q'],
    ['install', '-q', '-y', '--no-install-recommends', 'redis-server'],
  ];
  for (const step of steps) {
    const { status } = spawnSync('apt-get', step, { stdio: 'inherit', env });
    if (status !== 0) return;
  }
}

function runs(command: string, argument: string): boolean {
  return spawnSync(command, [argument], { stdio: 'ignore' }).status === 0;
}
