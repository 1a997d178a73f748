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

/** An answer without its tool calls: they are told by their own spans. */
export function withoutToolCalls(messages: readonly Message[]): Message[] {
  return messages.flatMap((message) => {
    const parts = message.parts.filter(({ kind }) => kind !== 'tool-call');
    return parts.length === 0 ? [] : [{ ...message, parts }];
  });
}

const BLOCK = /<(thinking|tool_use)(?: name="[^"\n]*")?>([\s\S]*?)(?:<\/\1>|$)/g;

/**
 * A text in which thoughts and tool calls stand as blocks, as recorded sessions have them: the
 * thoughts as such, the calls left out. `undefined` where it is a text like any other. The last block
 * may still be growing.
 */
export function readBlocks(text: string): MessagePart[] | undefined {
  if (!/<(?:thinking>|tool_use name=")/.test(text)) return undefined;
  const parts: MessagePart[] = [];
  let from = 0;
  const addText = (to: number): void => {
    const between = text.slice(from, to).trim();
    if (between !== '') parts.push({ kind: 'text', text: between });
  };
  for (const match of text.matchAll(BLOCK)) {
    addText(match.index);
    from = match.index + match[0].length;
    const thought = (match[2] ?? '').trim();
    if (match[1] === 'thinking' && thought !== '') parts.push({ kind: 'reasoning', text: thought });
  }
  addText(text.length);
  return parts;
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
