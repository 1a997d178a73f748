import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SpantailError } from '@spantail/protocol';
import { runFileError } from './source/run-file-error.ts';

/** A file to try: named by the user, or found in a folder (then it may be something else). */
export interface CandidateFile {
  file: string;
  named: boolean;
}

const NO_RUN = /^(license|notice|readme|copying)|^\.|\.(md|csv|txt)$/i;

/**
 * The files that paths name: a folder means the files in it and below, without those that are
 * never runs (licences, notes, tables) and without sub-agents' logs, which belong to a session.
 *
 * @throws SpantailError NOT_FOUND
 */
export async function expandPaths(paths: readonly string[]): Promise<CandidateFile[]> {
  const found: CandidateFile[] = [];
  for (const path of paths) {
    const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
      const { code } = error;
      if (code === 'ENOENT' || code === 'ENOTDIR')
        throw new SpantailError('NOT_FOUND', `${path}: no such file or folder`, { cause: error });
      throw runFileError(path, '', `cannot be read (${code})`, { cause: error });
    });
    if (info.isDirectory())
      found.push(...(await filesBelow(path)).map((file) => ({ file, named: false })));
    else found.push({ file: path, named: true });
  }
  return found;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      throw runFileError(folder, '', `cannot be read (${error.code})`, { cause: error });
    },
  );
  const files: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'subagents') files.push(...(await filesBelow(path)));
    } else if (entry.isFile() && !NO_RUN.test(entry.name)) files.push(path);
  }
  return files;
}
