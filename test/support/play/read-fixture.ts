import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const FIXTURES_FOLDER = join(import.meta.dirname, '../../fixtures/play');

/** A hand-written file of this format, as a value to change and to write again. */
export function readFixture(name: string): unknown {
  return JSON.parse(readFileSync(join(FIXTURES_FOLDER, name), 'utf8')) as unknown;
}
