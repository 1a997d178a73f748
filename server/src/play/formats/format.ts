import type { RecordedRun } from '../recorded/action.ts';

/** A run file's text, read whole. */
export interface RunFile {
  /** Path as the user gave it, for messages. */
  file: string;
  text: string;
}

/**
 * One way of recording runs. To add one: a folder here, and an entry in `registry.ts`.
 */
export interface RunFormat {
  name: string;
  /**
   * Whether a file is of this format, judged without parsing it, so that a half-written file is
   * still recognised and reported as such.
   */
  detect(text: string): boolean;
  /**
   * The runs of a file, usually one.
   *
   * @throws SpantailError BAD_MESSAGE naming file and line
   */
  read(source: RunFile): Promise<RecordedRun[]> | RecordedRun[];
}
