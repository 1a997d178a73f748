#!/usr/bin/env node
// Plain JavaScript that any Node can parse: picks what to run, and says it clearly when it cannot.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);
const modern = major > 22 || (major === 22 && minor >= 18);
// Published packages carry no sources: where there are some, this is a checkout and they run as
// they are, on the Node that the checkout brings.
const checkout = existsSync(here('../src/cli.ts'));
const brought = here('../../node_modules/node/bin/node');

if (!checkout && modern) {
  await import('../dist/cli.js');
} else if (checkout && existsSync(brought)) {
  runInChild(brought);
} else if (checkout && modern) {
  runInChild(process.execPath);
} else {
  process.stderr.write(
    `spantail needs Node 22.18 or newer; this is ${process.versions.node}. ` +
      'Install a newer Node (https://nodejs.org) and run it again.\n',
  );
  process.exitCode = 1;
}

function runInChild(node) {
  const argv = ['--conditions=source', here('../src/cli.ts'), ...process.argv.slice(2)];
  // The channel tells the child when this process is gone, however it went.
  const child = spawn(node, argv, {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, SPANTAIL_LAUNCHER: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      // A terminal sends SIGINT to the whole foreground group: the child has had it already.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  child.on('error', (error) => {
    process.stderr.write(`spantail cannot start ${node}: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exitCode = code ?? 1;
    else process.kill(process.pid, signal);
  });
}
