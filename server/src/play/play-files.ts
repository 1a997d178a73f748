import type { TraceId } from '@spantail/protocol';
import { newTraceId } from '@spantail/protocol';
import { randomBytes } from 'node:crypto';
import { expandPaths } from './expand-paths.ts';
import { FORMATS, detectFormat } from './formats/registry.ts';
import type { PlayResult } from './player/play.ts';
import { play } from './player/play.ts';
import type { PlaySink } from './player/sink.ts';
import type { Speed } from './player/timeline.ts';
import type { RecordedRun } from './recorded/action.ts';
import { readText } from './source/read-text.ts';
import { runFileError } from './source/run-file-error.ts';

/** A run as it was read from a file. */
export interface LoadedRun {
  file: string;
  format: string;
  run: RecordedRun;
}

/** What is known of a run when it begins to play. */
export interface StartedRun {
  file: string;
  format: string;
  name: string;
  traceId: TraceId;
}

export interface PlayedRun extends StartedRun, PlayResult {}

export interface PlayFilesOptions {
  /** Default 1. */
  speed?: Speed;
  signal?: AbortSignal;
  now?: () => number;
  onStart?: (run: StartedRun) => void;
}

/**
 * Reads every run of the given files and folders. Nothing is published when one of them cannot be
 * read. In a folder, files of no known format are passed over.
 *
 * @throws SpantailError NOT_FOUND, TOO_LARGE, or BAD_MESSAGE naming file and line
 */
export async function loadRuns(paths: readonly string[]): Promise<LoadedRun[]> {
  const loaded: LoadedRun[] = [];
  for (const { file, named } of await expandPaths(paths)) {
    const text = await readText(file);
    const format = detectFormat(text);
    if (format === undefined) {
      if (!named) continue;
      throw runFileError(file, '', `not a run of a known format (${KNOWN})`);
    }
    for (const run of await format.read({ file, text }))
      loaded.push({ file, format: format.name, run });
  }
  if (loaded.length === 0)
    throw runFileError(
      paths.join(', '),
      '',
      `there are no recorded runs here (known formats: ${KNOWN})`,
    );
  return loaded;
}

const KNOWN = FORMATS.map(({ name }) => name).join(', ');

/** Plays runs at the same time, each as a trace of its own. One that fails stops the others. */
export async function playRuns(
  runs: readonly LoadedRun[],
  options: PlayFilesOptions,
  sink: PlaySink,
): Promise<PlayedRun[]> {
  const { onStart, signal, ...rest } = options;
  const failed = new AbortController();
  const signals = signal === undefined ? [failed.signal] : [failed.signal, signal];
  const results = await Promise.allSettled(
    runs.map(async ({ file, format, run }): Promise<PlayedRun> => {
      const started = { file, format, name: run.name, traceId: newTraceId(randomBytes) };
      const { traceId } = started;
      onStart?.(started);
      try {
        const played = await play(run, sink, {
          ...rest,
          traceId,
          signal: AbortSignal.any(signals),
        });
        return { ...started, ...played };
      } catch (error) {
        failed.abort();
        throw error;
      }
    }),
  );
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

/** Reads all files first, then plays every run in them. See {@link loadRuns}, {@link playRuns}. */
export async function playFiles(
  paths: readonly string[],
  options: PlayFilesOptions,
  sink: PlaySink,
): Promise<PlayedRun[]> {
  return playRuns(await loadRuns(paths), options, sink);
}
