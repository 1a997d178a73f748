/**
 * Run before the tests: the agent frameworks that the adapters are tried on have an installation of
 * their own, so that nobody else has to download them. Installed anew when its lock file changed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', 'examples', 'frameworks');
const mark = join(folder, 'node_modules', '.installed');
const wanted = createHash('sha256')
  .update(readFileSync(join(folder, 'package-lock.json')))
  .digest('hex');

if (!existsSync(mark) || readFileSync(mark, 'utf8') !== wanted) {
  console.log('installing the agent frameworks in examples/frameworks (once, about 400 MB)');
  const { status } = spawnSync('npm', ['ci', '--loglevel=error'], {
    cwd: folder,
    stdio: 'inherit',
  });
  if (status !== 0) {
    console.error(
      'npm ci in examples/frameworks failed: the tests of the framework adapters need it',
    );
    process.exit(1);
  }
  writeFileSync(mark, wanted);
}
