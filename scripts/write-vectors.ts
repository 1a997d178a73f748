/**
 * Writes `test/vectors/*.json`: examples of the protocol as data, for other languages. With
 * `--check` it writes nothing and fails when a file is not what it would write.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vectorFiles } from './vectors/files.ts';

const folder = join(import.meta.dirname, '..', 'test', 'vectors');
const check = process.argv.includes('--check');
let stale = 0;
for (const [name, text] of vectorFiles()) {
  const path = join(folder, name);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  stale++;
  if (!check) writeFileSync(path, text);
  console.log(`test/vectors/${name} ${check ? 'is not current' : 'written'}`);
}
if (check && stale > 0) {
  console.error('run: npm run vectors');
  process.exitCode = 1;
}
