/** Fails when a file has outgrown its room: 400 lines for sources, 600 for tests. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const sizes: number[] = [];
let failed = false;
for (const folder of [
  'shared',
  'client',
  'agent',
  'server',
  'dashboard',
  'examples',
  'bench',
  'scripts',
  'test',
]) {
  for (const file of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
    if (!/\.(tsx?|lua)$/.test(file) || /(^|\/)(dist|node_modules)\//.test(file)) continue;
    const lines = readFileSync(join(root, folder, file), 'utf8').split('\n').length - 1;
    const limit = folder === 'test' ? 600 : 400;
    if (folder !== 'test') sizes.push(lines);
    if (lines > limit) {
      console.error(
        `${folder}/${file} has ${lines} lines, more than ${limit}: split it by concept`,
      );
      failed = true;
    }
  }
}
sizes.sort((a, b) => a - b);
const median = sizes[Math.floor(sizes.length / 2)];
console.log(
  `check:size: ${sizes.length} source files, median ${median} lines, largest ${sizes.at(-1)}`,
);
if (failed) process.exit(1);
