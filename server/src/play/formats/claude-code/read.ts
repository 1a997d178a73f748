import { basename } from 'node:path';
import type { RecordedRun } from '../../recorded/action.ts';
import { closeLast } from '../../recorded/late.ts';
import { orderActions } from '../../recorded/order.ts';
import { settleOutputs } from '../../recorded/settle.ts';
import { readText } from '../../source/read-text.ts';
import { runFileError } from '../../source/run-file-error.ts';
import type { RunFile, RunFormat } from '../format.ts';
import { findSubAgents } from './files.ts';
import { byTime, parseLines } from './lines.ts';
import { SessionReader } from './session.ts';

/** Every line of a session log has one of these, its first line included. */
const MARKS = /"sessionId"\s*:|"type"\s*:\s*"(file-history-snapshot|summary)"/;

/**
 * Claude Code session logs: JSON lines, one event a line, sub-agents in files of their own. One
 * model span per message id, which grows block by block, one tool span per `tool_use`, a sub-agent
 * below the `Task` call that started it. A model's input is everything logged before it since the
 * last compaction.
 */
export const claudeCode: RunFormat = {
  name: 'claude-code',
  detect: (text) => {
    const start = text.trimStart().slice(0, 65_536);
    return start.startsWith('{') && MARKS.test(start.split('\n', 1)[0] ?? '');
  },
  read: async (source) => [await readSession(source)],
};

async function readSession({ file, text }: RunFile): Promise<RecordedRun> {
  const main = parseLines(file, text);
  const subAgents = await findSubAgents(file);
  const parts = await Promise.all(
    subAgents.map(
      async (sub) => parseLines(sub.file, await readText(sub.file), 1, sub.agentId).lines,
    ),
  );
  if (main.lines.length === 0)
    throw runFileError(file, '', 'no line of this session log has a time, so nothing to play');
  // Sub-agents first: at equal times their own line counts, not the main file's repetition of it.
  const lines = byTime([...parts.flat(), ...main.lines]);
  const name = basename(file).replace(/\.jsonl(\.gz)?$/, '');
  const reader = new SessionReader(main.sessionId ?? name);
  const actions = lines.flatMap((line) => reader.push(line));
  actions.push(...reader.end('finished'));
  return {
    name,
    service: 'claude-code',
    actions: orderActions(settleOutputs(closeLast(actions))),
  };
}
