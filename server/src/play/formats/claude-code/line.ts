import type { TimeUs } from '@spantail/protocol';
import type { JsonValue } from '../../recorded/action.ts';
import { isoToUs } from '../../source/iso-time.ts';
import type { JsonObject } from '../../source/json-value.ts';
import { asArray, asObject, asString } from '../../source/json-value.ts';

interface LineBase {
  atUs: TimeUs;
  /** Absent on lines without one (snapshots, queue operations). */
  uuid?: string;
  /** Absent: the session's main agent. */
  agentId?: string;
}

/** One content block of a model's message; the blocks of a message come one a line. */
export interface AssistantLine extends LineBase {
  type: 'assistant';
  messageId: string;
  model?: string;
  blocks: JsonObject[];
  usage?: JsonObject;
  /** The provider said that this was the message's end. */
  final: boolean;
  stopReason?: string;
  /** The call failed; the text says why. */
  failed: boolean;
}

/** A prompt, or the results of tools. */
export interface UserLine extends LineBase {
  type: 'user';
  content: JsonValue;
  results: JsonObject[];
  /** Written by the program, not by a person. */
  meta: boolean;
  toolUseResult?: JsonValue;
}

/** The output of a running command so far. */
export interface ShellProgressLine extends LineBase {
  type: 'shell_progress';
  toolId: string;
  fullOutput: string;
}

/** A sub-agent did something: links it to the `Task` call, and repeats the sub-agent's line. */
export interface AgentProgressLine extends LineBase {
  type: 'agent_progress';
  toolId: string;
  linkedAgentId: string;
  line?: SessionLine;
}

/** The context was compacted: the model starts again from the summary that follows. */
export interface CompactLine extends LineBase {
  type: 'compact';
  details: JsonObject;
}

/** Anything else worth showing: hooks, snapshots, turns, queue operations. */
export interface NoteLine extends LineBase {
  type: 'note';
  message: string;
  toolId?: string;
  attributes: JsonObject;
  turnEnd: boolean;
}

export type SessionLine =
  | AssistantLine
  | UserLine
  | ShellProgressLine
  | AgentProgressLine
  | CompactLine
  | NoteLine;

/** `undefined` for lines that say nothing about what happened when (summaries, titles). */
export function parseSessionLine(value: JsonObject): SessionLine | undefined {
  const atUs = timeOf(value);
  if (atUs === undefined) return undefined;
  const uuid = asString(value['uuid']);
  // Older versions write sub-agents' lines into the main file, marked as a side chain only.
  const agentId =
    asString(value['agentId']) ?? (value['isSidechain'] === true ? 'sidechain' : undefined);
  const base: LineBase = {
    atUs,
    ...(uuid === undefined ? {} : { uuid }),
    ...(agentId === undefined ? {} : { agentId }),
  };
  const kind = asString(value['type']) ?? 'line';
  switch (kind) {
    case 'assistant':
      return assistantLine(base, value) ?? note(base, kind);
    case 'user':
      return userLine(base, value) ?? note(base, kind);
    case 'progress':
      return progressLine(base, value);
    case 'system':
      return systemLine(base, value);
    case 'file-history-snapshot':
      return note(base, 'file snapshot');
    default:
      return note(base, kind, pick(value, ['operation', 'content']));
  }
}

function timeOf(value: JsonObject): TimeUs | undefined {
  const text = asString(value['timestamp']) ?? asString(asObject(value['snapshot'])?.['timestamp']);
  return text === undefined ? undefined : isoToUs(text);
}

function assistantLine(base: LineBase, value: JsonObject): AssistantLine | undefined {
  const message = asObject(value['message']);
  const messageId = asString(message?.['id']);
  const content = asArray(message?.['content']);
  if (message === undefined || messageId === undefined || content === undefined) return undefined;
  const usage = asObject(message['usage']);
  const model = asString(message['model']);
  const stopReason = asString(message['stop_reason']);
  return {
    ...base,
    type: 'assistant',
    messageId,
    blocks: content.flatMap(objects),
    // Only the last line of a message has the provider's final count with its iterations.
    final: stopReason !== undefined || usage?.['iterations'] !== undefined,
    failed: value['isApiErrorMessage'] === true,
    ...(model === undefined ? {} : { model }),
    ...(usage === undefined ? {} : { usage }),
    ...(stopReason === undefined ? {} : { stopReason }),
  };
}

function userLine(base: LineBase, value: JsonObject): UserLine | undefined {
  const content = asObject(value['message'])?.['content'];
  if (content === undefined) return undefined;
  const results = (asArray(content) ?? []).flatMap((block) => {
    const result = asObject(block);
    return result?.['type'] === 'tool_result' ? [result] : [];
  });
  const { toolUseResult } = value;
  return {
    ...base,
    type: 'user',
    content,
    results,
    meta: value['isMeta'] === true || value['isCompactSummary'] === true,
    ...(toolUseResult === undefined ? {} : { toolUseResult }),
  };
}

function progressLine(base: LineBase, value: JsonObject): SessionLine {
  const data = asObject(value['data']) ?? {};
  const kind = asString(data['type']) ?? 'progress';
  const toolId = asString(value['parentToolUseID']);
  const linkedAgentId = asString(data['agentId']);
  const fullOutput = asString(data['fullOutput']);
  if (kind === 'bash_progress' && toolId !== undefined && fullOutput !== undefined)
    return { ...base, type: 'shell_progress', toolId, fullOutput };
  if (kind === 'agent_progress' && toolId !== undefined && linkedAgentId !== undefined) {
    const repeated = asObject(data['message']);
    const line =
      repeated === undefined
        ? undefined
        : parseSessionLine({ ...repeated, agentId: linkedAgentId });
    return {
      ...base,
      type: 'agent_progress',
      toolId,
      linkedAgentId,
      ...(line === undefined ? {} : { line }),
    };
  }
  const details = pick(data, ['hookEvent', 'command', 'taskDescription', 'elapsedTimeSeconds']);
  const message = kind === 'hook_progress' ? `hook ${asString(data['hookName']) ?? ''}` : kind;
  const line = note(base, message.trim(), details);
  return toolId === undefined ? line : { ...line, toolId };
}

function systemLine(base: LineBase, value: JsonObject): SessionLine {
  const subtype = asString(value['subtype']) ?? 'system';
  if (subtype === 'compact_boundary')
    return { ...base, type: 'compact', details: asObject(value['compactMetadata']) ?? {} };
  const details = pick(value, ['content', 'durationMs', 'level', 'stopReason', 'error']);
  const turnEnd = subtype === 'turn_duration' || subtype === 'stop_hook_summary';
  return { ...note(base, subtype, details), turnEnd };
}

function note(base: LineBase, message: string, attributes: JsonObject = {}): NoteLine {
  return { ...base, type: 'note', message, attributes, turnEnd: false };
}

function objects(value: JsonValue): JsonObject[] {
  const object = asObject(value);
  return object === undefined ? [] : [object];
}

function pick(value: JsonObject, keys: string[]): JsonObject {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const item = value[key];
      return item === undefined || item === '' ? [] : [[key, item]];
    }),
  );
}
