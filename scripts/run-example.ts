/** `npm run example NAME`: one of the programs in examples/frameworks, offline, on our sources. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = join(import.meta.dirname, '..', 'examples', 'frameworks');
const [name = ''] = process.argv.slice(2);
const names = readdirSync(join(folder, 'src'))
  .filter((file) => file.endsWith('.ts') && file !== 'own-sources.ts')
  .map((file) => file.slice(0, -'.ts'.length));

if (!names.includes(name)) {
  console.error(`npm run example NAME, where NAME is one of: ${names.join(', ')}`);
  process.exit(2);
}
if (!existsSync(join(folder, 'node_modules'))) {
  console.error('The frameworks are not installed: npm run frameworks');
  process.exit(1);
}
await import(pathToFileURL(join(folder, 'src', `${name}.ts`)).href);
