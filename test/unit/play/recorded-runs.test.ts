import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { RUNS_FOLDER } from '../../support/play/fixture.ts';

const folders = readdirSync(RUNS_FOLDER, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);
const files = readdirSync(RUNS_FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /\.jsonl?(\.gz)?$/.test(file),
);

/** What must not be in a recorded run that is handed on. */
const PERSONAL: Record<string, RegExp> = {
  'an e-mail address': /[\w.+-]+@[\w-]+\.[a-z]{2,}/gi,
  'the home of a user': /(?:\/|-)(?:home|Users)(?:\/|-)(?!USER)[\w.-]+/g,
  'a key or token':
    /\b(?:sk-[\w-]{16,}|gh[pousr]_\w{20,}|github_pat_\w+|AKIA[0-9A-Z]{16}|xox[abp]-[\w-]+|AIza[\w-]{30,}|pk-lf-[\w-]+|Bearer [\w.-]{12,})|-----BEGIN/g,
  'a signature of a provider': /"signature": ?"(?!\[REDACTED|")[^"]+/g,
};

describe('the recorded runs that come with the project', () => {
  it('are there', () => {
    expect(files.length).toBeGreaterThanOrEqual(7);
  });

  it.each(folders)('%s has the licence of its source, and README.md names it', (folder) => {
    const licence = readFileSync(join(RUNS_FOLDER, folder, 'LICENSE'), 'utf8');
    expect(licence).toMatch(/^MIT License|^Apache License/);
    const [row = ''] = readFileSync(join(RUNS_FOLDER, 'README.md'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith(`| \`${folder}/\``));
    expect(row).toContain(licence.startsWith('MIT') ? '| MIT |' : '| Apache-2.0 |');
    if (licence.startsWith('Apache'))
      expect(existsSync(join(RUNS_FOLDER, folder, 'NOTICE'))).toBe(true);
  });

  it.each(files)('%s holds nothing personal', (file) => {
    const bytes = readFileSync(join(RUNS_FOLDER, file));
    const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    for (const [what, pattern] of Object.entries(PERSONAL))
      expect(text.match(pattern) ?? [], what).toEqual([]);
  });
});
