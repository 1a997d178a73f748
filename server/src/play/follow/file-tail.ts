import { open } from 'node:fs/promises';
import { SpantailError } from '@spantail/protocol';
import { MAX_RUN_BYTES } from '../source/read-text.ts';
import { runFileError } from '../source/run-file-error.ts';

/** Complete lines, each with its newline, and the number of the first one. */
export interface NewLines {
  text: string;
  firstLine: number;
}

const NEWLINE = 0x0a;

/** Reads what was appended to a file since the last time. A last line waits for its newline. */
export class FileTail {
  readonly file: string;
  #position = 0;
  #inode: number | undefined;
  #rest: Buffer = Buffer.alloc(0);
  #nextLine = 1;

  constructor(file: string) {
    this.file = file;
  }

  /**
   * @throws SpantailError NOT_FOUND, TOO_LARGE (appended at once), or BAD_MESSAGE when the file was
   *   truncated, replaced or cannot be read
   */
  async read(): Promise<NewLines> {
    const appended = await this.#appended();
    const bytes = this.#rest.length === 0 ? appended : Buffer.concat([this.#rest, appended]);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    this.#rest = bytes.subarray(end);
    const text = bytes.toString('utf8', 0, end);
    const firstLine = this.#nextLine;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1))
      this.#nextLine++;
    return { text, firstLine };
  }

  async #appended(): Promise<Buffer> {
    const handle = await open(this.file).catch((error: unknown) => {
      throw this.#unreadable(error);
    });
    try {
      const { size, ino } = await handle.stat();
      this.#inode ??= ino;
      if (size < this.#position || ino !== this.#inode)
        throw runFileError(
          this.file,
          `line ${this.#nextLine}`,
          'the file was truncated or replaced while it was followed; follow it again to start over',
        );
      const length = size - this.#position;
      if (this.#rest.length + length > MAX_RUN_BYTES)
        throw new SpantailError(
          'TOO_LARGE',
          `${this.file}, line ${this.#nextLine}: ${length} bytes at once are too many to follow`,
        );
      const buffer = Buffer.alloc(length);
      const { bytesRead } = await handle.read(buffer, 0, length, this.#position);
      this.#position += bytesRead;
      return buffer.subarray(0, bytesRead);
    } catch (error) {
      throw error instanceof SpantailError ? error : this.#unreadable(error);
    } finally {
      await handle.close();
    }
  }

  #unreadable(cause: unknown): SpantailError {
    const code = cause instanceof Error && 'code' in cause ? cause.code : cause;
    const options = { cause };
    if (code === 'ENOENT' && this.#inode === undefined)
      return new SpantailError('NOT_FOUND', `${this.file}: no such file`, options);
    const problem =
      code === 'ENOENT'
        ? 'the file was deleted while it was followed'
        : code === 'EISDIR'
          ? 'is a folder; one session log can be followed at a time'
          : `cannot be read (${String(code)})`;
    return runFileError(this.file, '', problem, options);
  }
}
