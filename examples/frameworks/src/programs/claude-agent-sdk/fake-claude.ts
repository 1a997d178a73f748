/** The program that tests and the example start in place of Claude Code. */
import { createInterface } from 'node:readline';
import { FakeCli } from './fake-cli.ts';
import { SCRIPTS } from './scripts.ts';

const cli = new FakeCli(SCRIPTS);
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => cli.read(line));
lines.on('close', () => process.exit(0));
