import { randomBytes } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { newTraceId } from '@spantail/protocol';
import type { TraceId } from '@spantail/protocol';
import { findSubAgents, subAgentFolder } from '../formats/claude-code/files.ts';
import type { SessionLine } from '../formats/claude-code/line.ts';
import { byTime, parseLines } from '../formats/claude-code/lines.ts';
import { claudeCode } from '../formats/claude-code/read.ts';
import { SessionReader } from '../formats/claude-code/session.ts';
import type { PlayResult } from '../player/play.ts';
import { roomOrAbort } from '../player/play.ts';
import type { PlaySink } from '../player/sink.ts';
import { TraceWriter } from '../player/trace-writer.ts';
import { runFileError } from '../source/run-file-error.ts';
import { Doorbell } from './doorbell.ts';
import { FileTail } from './file-tail.ts';

export interface FollowOptions {
  /** Ends following. Open spans are closed as `unset`: the session itself may go on. */
  signal: AbortSignal;
  /** Default: a new one. */
  traceId?: TraceId;
  /** How often to look without having been told of a change. Default 500. */
  pollMs?: number;
  /** Called once, when the file is there and is a session log. */
  onStart?: (traceId: TraceId) => void;
  /** Called when all lines there were have been published, after each look that found some. */
  onCaughtUp?: () => void;
}

/**
 * Publishes a Claude Code session while it is being written: the lines there are, then each new
 * one, sub-agents included, with their recorded times. Resolves when the signal is aborted.
 *
 * @throws SpantailError NOT_FOUND, or BAD_MESSAGE when the file is no session log, has a malformed
 *   line, or was truncated or replaced; open spans are closed first
 */
export async function followSession(
  file: string,
  sink: PlaySink,
  options: FollowOptions,
): Promise<PlayResult> {
  const { signal, pollMs = 500, onStart, onCaughtUp } = options;
  const traceId = options.traceId ?? newTraceId(randomBytes);
  const tails = new SessionTails(file);
  const reader = new SessionReader(basename(file, '.jsonl'));
  const writer = new TraceWriter(sink, traceId, 'claude-code', (recordedUs) => recordedUs);
  const doorbell = new Doorbell();
  let started = false;
  try {
    doorbell.add(dirname(file));
    while (!signal.aborted) {
      const lines = await tails.read();
      if (!started && tails.recognised) {
        started = true;
        onStart?.(traceId);
      }
      for (const line of lines)
        for (const action of reader.push(line)) {
          await roomOrAbort(sink, signal);
          writer.write(action);
        }
      if (lines.length > 0) onCaughtUp?.();
      doorbell.add(subAgentFolder(file));
      await doorbell.wait(pollMs, signal);
    }
  } finally {
    doorbell.close();
    for (const action of reader.end('stopped')) writer.write(action);
    await sink.flush();
  }
  const { events, spans } = writer;
  return { traceId, events, spans, interrupted: signal.aborted };
}

/** The session's file and those of its sub-agents as they appear. */
class SessionTails {
  recognised = false;
  readonly #file: string;
  readonly #main: FileTail;
  readonly #subAgents = new Map<string, FileTail>();

  constructor(file: string) {
    this.#file = file;
    this.#main = new FileTail(file);
  }

  /** New lines of all files, in the order of their times. */
  async read(): Promise<SessionLine[]> {
    // The main file first: what a sub-agent did before its result was logged is then in its file.
    const main = await this.#readFile(this.#main);
    const subAgents = await findSubAgents(this.#file);
    const parts: SessionLine[] = [];
    for (const { file, agentId } of subAgents) {
      const tail = this.#subAgents.get(agentId) ?? new FileTail(file);
      this.#subAgents.set(agentId, tail);
      parts.push(...(await this.#readFile(tail, agentId)));
    }
    return byTime([...parts, ...main]);
  }

  async #readFile(tail: FileTail, agentId?: string): Promise<SessionLine[]> {
    const { text, firstLine } = await tail.read();
    if (text === '') return [];
    if (!this.recognised) {
      if (!claudeCode.detect(text))
        throw runFileError(tail.file, '', 'only session logs of Claude Code can be followed');
      this.recognised = true;
    }
    return parseLines(tail.file, text, firstLine, agentId).lines;
  }
}
