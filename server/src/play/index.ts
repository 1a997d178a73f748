export type { FollowOptions } from './follow/follow-session.ts';
export { followSession } from './follow/follow-session.ts';
export type { RunFile, RunFormat } from './formats/format.ts';
export { detectFormat, FORMATS } from './formats/registry.ts';
export type { LoadedRun, PlayedRun, PlayFilesOptions, StartedRun } from './play-files.ts';
export { loadRuns, playFiles, playRuns } from './play-files.ts';
export type { PlayOptions, PlayResult } from './player/play.ts';
export { play } from './player/play.ts';
export type { PlaySink } from './player/sink.ts';
export type { Speed } from './player/timeline.ts';
export type {
  JsonValue,
  RecordedAction,
  RecordedClose,
  RecordedOpen,
  RecordedRun,
  RecordedUpdate,
} from './recorded/action.ts';
