import type { SpanType } from '../event/event.ts';
import { buildList, type FlatList } from './flat-lists.ts';
import { messagesIn } from './langchain.ts';
import { fromMonocleInput, fromRecords, fromRequest, withInstructions } from './messages.ts';
import type { Slot } from './names/contents.ts';
import { fromJson, fromText, keepAttribute, toPlain } from './plain.ts';
import { structured, type EventContent, type Known, type Reading } from './reading.ts';
import type { ContentRule } from './rules.ts';

interface Candidate {
  rule: ContentRule;
  of: Known | FlatList | EventContent;
}

/** Takes a span's input and output out of what was read. */
export function takeContents(
  reading: Reading,
  spanType: SpanType,
  isOwn: boolean,
): { input?: unknown; output?: unknown } {
  const candidates = gather(reading, spanType, isOwn);
  if (candidates.length === 0) return {};
  const system = take(candidates, 'system', reading);
  let input = take(candidates, 'input', reading);
  if (system !== undefined) {
    const list = withInstructions(system, input);
    if (list === undefined) {
      // Not a list to stand in front of.
      keepAttribute(reading.attributes, 'gen_ai.system_instructions', system);
    } else input = list;
  }
  const output = take(candidates, 'output', reading);
  return {
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
  };
}

function gather(
  { known, lists, contents }: Reading,
  spanType: SpanType,
  isOwn: boolean,
): Candidate[] {
  const candidates: Candidate[] = [];
  for (const of of known)
    for (const rule of of.rules.contents)
      if (
        of.value !== null &&
        (rule.on?.includes(spanType) ?? true) &&
        (!isOwn || rule.source === 'spantail')
      )
        candidates.push({ rule, of });
  for (const of of lists) if (of.rule !== undefined) candidates.push({ rule: of.rule, of });
  for (const of of contents) for (const rule of of.rules) candidates.push({ rule, of });
  return candidates;
}

/** The value of the first candidate that has one. Others of its source are gone with it. */
function take(candidates: readonly Candidate[], slot: Slot, reading: Reading): unknown {
  const ranked = candidates
    .filter(({ rule }) => rule.slot === slot)
    .sort((a, b) => a.rule.rank - b.rule.rank);
  for (const { rule, of } of ranked) {
    const value = rule.field === undefined ? valueOf(rule, of) : messageOf(ranked, rule.source);
    if (value === undefined) continue;
    for (const other of ranked) if (other.rule.source === rule.source) other.of.taken = true;
    if (rule.request !== true || !('key' in of)) return value;
    const request = fromRequest(value);
    if (request === undefined) return value;
    if (Object.keys(request.rest).length > 0)
      keepAttribute(reading.attributes, of.key, request.rest);
    return request.messages;
  }
  return undefined;
}

/** What a message has besides its text makes it a message; without, it is the text. */
function messageOf(ranked: readonly Candidate[], source: string): unknown {
  const fields = new Map<string, unknown>();
  for (const { rule, of } of ranked) {
    if (rule.source !== source || rule.field === undefined) continue;
    const value = valueOf(rule, of);
    if (value !== undefined && value !== '' && !fields.has(rule.field))
      fields.set(rule.field, value);
  }
  if (fields.size === 0) return undefined;
  if (fields.size === 1 && fields.has('content')) return fields.get('content');
  return { role: 'assistant', ...Object.fromEntries(fields) };
}

function valueOf(rule: ContentRule, of: Known | FlatList | EventContent): unknown {
  if ('root' in of) return buildList(of);
  if (!('key' in of)) return ofEvent(rule, of.value);
  if (of.value === rule.none) {
    of.taken = true;
    return undefined;
  }
  if (rule.records === true) return fromRecords(structured(of), rule.slot === 'output');
  if (rule.messages === true) return of.isPlainText ? undefined : messagesIn(structured(of));
  if (typeof of.value !== 'string') return fromList(toPlain(of.value), rule);
  if (rule.as === 'text' || of.isPlainText) return of.value;
  return structured(of, rule.as === 'json');
}

/** A list of JSON texts, as attributes have lists of anything else than texts. */
function fromList(value: unknown, rule: ContentRule): unknown {
  if (rule.as !== 'json' || !Array.isArray(value)) return value;
  return value.map((item: unknown) => (typeof item === 'string' ? fromJson(item) : item));
}

function ofEvent(rule: ContentRule, value: unknown): unknown {
  if (rule.source === 'monocle' && rule.slot === 'input') return fromMonocleInput(value);
  return typeof value === 'string' ? fromText(value) : value;
}
