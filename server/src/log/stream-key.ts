import { RUNS_STREAM } from '@spantail/protocol';
import type { StreamName } from './event-log.ts';

/** One text for a stream of a project. Neither half can hold the colon. */
export function streamKey({ project, streamId }: StreamName): string {
  return `${project}:${streamId}`;
}

export function parseStreamKey(key: string): StreamName {
  const colon = key.indexOf(':');
  return { project: key.slice(0, colon), streamId: key.slice(colon + 1) };
}

/** Streams of the log itself (the feed of runs, probes) are nobody's work. */
export function isWork(streamId: string): boolean {
  return !streamId.startsWith(RUNS_STREAM.slice(0, 1));
}
