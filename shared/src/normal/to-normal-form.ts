import type { SpanLog, SpanType } from '../event/event.ts';
import type { OtelSpan } from '../otel/otel-span.ts';
import { takeContents } from './contents.ts';
import { takeError } from './failure.ts';
import { buildList, FlatLists } from './flat-lists.ts';
import { addEntities } from './monocle.ts';
import type { NormalForm } from './normal-form.ts';
import { isMap, keepAttribute, LOG_ATTRIBUTE_DEPTH } from './plain.ts';
import { readEvents, toLog } from './read-events.ts';
import { structured, type Known, type Reading } from './reading.ts';
import { NAMED_AGENT, OWN_TYPE } from './names/types.ts';
import { readScalars } from './scalars.ts';
import { RULES } from './rules.ts';

/**
 * The one reading of what instrumentations write: the tables in `names/` say which attribute means
 * what. Of a span as large as one likes each attribute is looked up once. Never throws, and what it
 * returns can be encoded, whatever came.
 */
export function toNormalForm(span: OtelSpan): NormalForm {
  const isOwn = isOwnExport(span);
  const reading = read(span, isOwn);
  const spanType = typeOf(reading.known, span.name);
  const contents = takeContents(reading, spanType, isOwn);
  // Others repeat what the calls below them used.
  const hasUsage = isOwn || spanType === 'model' || spanType === 'embedding';
  const usage = readScalars(reading, spanType, { hasTexts: !isOwn, hasUsage });
  const error = takeError(span, reading);
  keepRest(reading);
  if (!isOwn) addEntities(span.attributes, reading.attributes);
  return {
    spanType,
    ...contents,
    ...(usage === undefined ? {} : { usage }),
    ...(error === undefined ? {} : { error }),
    attributes: reading.attributes,
    logs: reading.logs,
  };
}

/** Our export says all that it knows under names of its own: the rest is as it was recorded. */
function isOwnExport({ attributes }: OtelSpan): boolean {
  const type = attributes[OWN_TYPE.key];
  return typeof type === 'string' && Object.hasOwn(OWN_TYPE.values, type);
}

function read({ attributes, events }: OtelSpan, isOwn: boolean): Reading {
  const reading: Reading = {
    known: [],
    attributes: {},
    lists: new FlatLists(),
    contents: [],
    exceptions: [],
    logs: [],
    rests: [],
  };
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    const rules = RULES.keys.get(key);
    if (rules !== undefined) {
      const mimeType = rules.contents[0]?.mimeType;
      const isPlainText = mimeType !== undefined && attributes[mimeType] === 'text/plain';
      reading.known.push({ key, value, rules, isPlainText, taken: false });
    } else if (isOwn || !reading.lists.take(key, value))
      keepAttribute(reading.attributes, key, value);
  }
  if (isOwn) reading.logs.push(...events.map(toLog));
  else if (events.length > 0) readEvents(events, attributes, reading);
  return reading;
}

function typeOf(known: readonly Known[], name: string): SpanType {
  let found: SpanType | undefined;
  let rank = Infinity;
  let present: SpanType | undefined;
  let presentRank = Infinity;
  for (const one of known) {
    const { types, presence } = one.rules;
    for (const rule of types) {
      const type = typeof one.value === 'string' ? rule.values.get(one.value) : undefined;
      if (type === undefined || rule.rank >= rank) continue;
      found = type;
      ({ rank } = rule);
      one.taken = one.key === OWN_TYPE.key;
    }
    if (presence !== undefined && presence.rank < presentRank) {
      present = presence.type;
      presentRank = presence.rank;
    }
  }
  const spanType = found ?? present ?? 'step';
  return spanType === 'step' && isAgent(known, name) ? 'agent' : spanType;
}

function isAgent(known: readonly Known[], name: string): boolean {
  const one = known.find(({ key }) => key === NAMED_AGENT.key);
  const metadata = one === undefined ? undefined : structured(one);
  return name !== '' && isMap(metadata) && metadata[NAMED_AGENT.at] === name;
}

/** What nobody took stays as it came, but for JSON text of which something was taken. */
function keepRest({ known, attributes, lists, contents, logs, rests }: Reading): void {
  for (const { key, value, rules, taken, parsed, event } of known) {
    if (taken || (rules.mimeType === true && isRead(key, known))) continue;
    if (event !== undefined)
      keepAttribute((event.attributes ??= {}), key, value, LOG_ATTRIBUTE_DEPTH);
    else if (!Object.hasOwn(attributes, key))
      keepAttribute(
        attributes,
        key,
        parsed === undefined || rules.scalars.length === 0 ? value : parsed.value,
      );
  }
  for (const list of lists) {
    if (list.taken) continue;
    if (list.name === undefined) Object.assign(attributes, list.parts);
    else if (!Object.hasOwn(attributes, list.name))
      keepAttribute(attributes, list.name, buildList(list));
  }
  const late: SpanLog[] = contents.flatMap((one) => (one.taken ? [] : one.logs));
  for (const rest of rests) if (Object.keys(rest.attributes ?? {}).length > 0) late.push(rest);
  if (late.length > 0) logs.push(...late);
  if (logs.length > 1) logs.sort((a, b) => a.timeUs - b.timeUs);
}

function isRead(mimeType: string, known: readonly Known[]): boolean {
  return known.some(({ taken, rules }) => taken && rules.contents[0]?.mimeType === mimeType);
}
