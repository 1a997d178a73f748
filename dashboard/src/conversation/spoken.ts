import type { Message, MessagePart } from '../payload/message.ts';
import type { Compared } from '../payload/group-messages.ts';

/**
 * Of a call's messages, those that nothing else in the conversation shows: what a user or the
 * instructions say and the call before did not have yet. An agent's own words and the results of its
 * tools stand where they were said.
 */
export function newlyAsked(
  messages: readonly Message[],
  compared: readonly Compared[] | undefined,
  heard: readonly string[] = [],
): Message[] {
  return messages.flatMap((message, index) => {
    if (compared !== undefined && compared[index] === 'same') return [];
    if (!ASKING.has(message.role) || isHeard(message, heard)) return [];
    const parts = message.parts.filter(({ kind }) => kind !== 'tool-result');
    return parts.length === 0 ? [] : [{ ...message, parts }];
  });
}

const ASKING: ReadonlySet<string> = new Set(['user', 'system', 'developer']);

/** Whether an agent above was asked the same, by what its preview has of it. */
function isHeard({ parts }: Message, heard: readonly string[]): boolean {
  const [only] = parts;
  if (parts.length !== 1 || only?.kind !== 'text') return false;
  return heard.some((preview) => preview !== '' && only.text.slice(0, preview.length) === preview);
}

/** Instructions are long and the same in every run: they are folded. */
export function isInstruction({ role }: Message): boolean {
  return role === 'system' || role === 'developer';
}

/** Tool calls are told by their own spans. */
export function isSaid({ kind }: MessagePart): boolean {
  return kind !== 'tool-call';
}

/** An answer without its tool calls. */
export function withoutToolCalls(messages: readonly Message[]): Message[] {
  return messages.flatMap((message) => {
    const parts = message.parts.filter(isSaid);
    return parts.length === 0 ? [] : [{ ...message, parts }];
  });
}

/**
 * What a model said out of `{"ai": …}` or `{"assistant": …}`, as one exporter writes it; calls among
 * it are told by their own spans. Any other value as it is.
 */
export function unwrapAnswer(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 1 ? unwrapAnswer(value[0]) : value;
  if (typeof value !== 'object' || value === null) return value;
  const entries: [string, unknown][] = Object.entries(value);
  const [entry] = entries;
  if (entry === undefined || entries.length > 1 || !/^(?:ai|assistant)$/.test(entry[0]))
    return value;
  const said = entry[1];
  const isCall =
    typeof said === 'object' && said !== null && 'type' in said && said.type === 'tool_call';
  return said === null || isCall ? undefined : said;
}
