import { readFile, stat } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { SpantailError } from '@spantail/protocol';
import { HALF_WRITTEN, runFileError } from './run-file-error.ts';

/** Largest recorded run that is read, unpacked: reading a whole file takes several times that. */
export const MAX_RUN_BYTES = 209_715_200;

/**
 * Reads a run file whole, unpacking gzip (told by its first bytes, not by its name).
 *
 * @throws SpantailError NOT_FOUND, TOO_LARGE, or BAD_MESSAGE when it cannot be unpacked or is not
 *   UTF-8 text
 */
export async function readText(file: string): Promise<string> {
  const packed = await readBytes(file);
  const bytes = packed[0] === 0x1f && packed[1] === 0x8b ? unpack(file, packed) : packed;
  if (bytes.length === 0) throw runFileError(file, '', 'the file is empty');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw runFileError(file, '', 'not UTF-8 text, so not a recorded run', { cause: error });
  }
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    const info = await stat(file);
    if (info.size > MAX_RUN_BYTES) throw tooLarge(file);
    return await readFile(file);
  } catch (error) {
    if (error instanceof SpantailError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new SpantailError('NOT_FOUND', `${file}: no such file`, { cause: error });
    throw runFileError(file, '', `cannot be read (${code ?? String(error)})`, { cause: error });
  }
}

function unpack(file: string, packed: Buffer): Buffer {
  try {
    return gunzipSync(packed, { maxOutputLength: MAX_RUN_BYTES });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(file);
    const place = `byte ${packed.length} of the gzip data`;
    if (code === 'Z_BUF_ERROR') throw runFileError(file, place, HALF_WRITTEN, { cause: error });
    throw runFileError(file, '', `the gzip data is damaged (${code ?? String(error)})`, {
      cause: error,
    });
  }
}

function tooLarge(file: string): SpantailError {
  const limit = MAX_RUN_BYTES / 1_048_576;
  return new SpantailError('TOO_LARGE', `${file}: larger than ${limit} MiB; split it into runs`);
}
