import type { Message, MessagePart } from '../payload/message.ts';
import type { Compared } from '../payload/group-messages.ts';

/**
 * Of a call's messages, those that nothing else in the conversation shows: what a user or the
 * instructions say and the call before did not have yet. An agent's own words and the results of its
 * tools stand where they were said.
 *
 * @param told tools that have rows of their own; left out, all have
 */
export function newlyAsked(
  messages: readonly Message[],
  compared: readonly Compared[] | undefined,
  heard: readonly string[] = [],
  told?: readonly string[],
): Message[] {
  const names = told === undefined ? undefined : namesOfCalls(messages);
  const isAsking = (part: MessagePart): boolean => {
    if (part.kind !== 'tool-result') return true;
    const name = part.name ?? (part.id === undefined ? undefined : names?.get(part.id));
    return name !== undefined && told?.includes(name) === false;
  };
  return messages.flatMap((message, index) => {
    if (compared !== undefined && compared[index] === 'same') return [];
    if (!ASKING.has(message.role) || isHeard(message, heard)) return [];
    const parts = message.parts.filter(isAsking);
    return parts.length === 0 ? [] : [{ ...message, parts }];
  });
}

/** By the id of each call; a result may tell no other name. */
function namesOfCalls(messages: readonly Message[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { parts } of messages)
    for (const part of parts)
      if (part.kind === 'tool-call' && part.id !== undefined) names.set(part.id, part.name);
  return names;
}

const ASKING: ReadonlySet<string> = new Set(['user', 'system', 'developer', 'tool']);

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

/** Tool calls are told by their own spans, but for those of tools that have none. */
export function isSaid(part: MessagePart, told: readonly string[] | undefined): boolean {
  return part.kind !== 'tool-call' || told?.includes(part.name) === false;
}

/** An answer without the tool calls that are told elsewhere. */
export function withoutToolCalls(
  messages: readonly Message[],
  told: readonly string[] | undefined,
): Message[] {
  return messages.flatMap((message) => {
    const parts = message.parts.filter((part) => isSaid(part, told));
    return parts.length === 0 ? [] : [{ ...message, parts }];
  });
}
