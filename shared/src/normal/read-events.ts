import type { Attributes, SpanLog } from '../event/event.ts';
import type { OtelEvent } from '../otel/otel-span.ts';
import { messageOf } from './messages.ts';
import { CHOICE_EVENT, DETAILS_EVENT, MESSAGE_EVENTS, type Slot } from './names/contents.ts';
import { EXCEPTION_EVENT } from './names/failures.ts';
import { keepAttribute, LOG_ATTRIBUTE_DEPTH, toPlain } from './plain.ts';
import type { Reading } from './reading.ts';
import { RULES } from './rules.ts';

/** Sorts a span's events: contents and messages, exceptions, and the log. */
export function readEvents(
  events: readonly OtelEvent[],
  own: Readonly<Attributes>,
  reading: Reading,
): void {
  const messages: Record<'input' | 'output', { values: unknown[]; logs: SpanLog[] }> = {
    input: { values: [], logs: [] },
    output: { values: [], logs: [] },
  };
  for (const event of events) {
    const { name, attributes } = event;
    if (name === EXCEPTION_EVENT) {
      reading.exceptions.push({
        ...textField('type', attributes['exception.type']),
        ...textField('message', attributes['exception.message']),
        ...textField('stack', attributes['exception.stacktrace']),
        log: { ...toLog(event), level: 'error' },
      });
    } else if (Object.hasOwn(MESSAGE_EVENTS, name)) {
      const side = messages[name === CHOICE_EVENT ? 'output' : 'input'];
      side.values.push(messageOf(name, attributes));
      side.logs.push(toLog(event));
    } else if (RULES.eventNames.has(name)) readParts(event, own, reading);
    else reading.logs.push(toLog(event));
  }
  for (const slot of ['input', 'output'] as const) {
    const { values, logs } = messages[slot];
    if (values.length > 0)
      reading.contents.push({
        rules: rulesOf('messages', slot),
        value: values,
        logs,
        taken: false,
      });
  }
}

/** An event whose attributes are contents and scalars; what is neither stays in the log. */
function readParts(event: OtelEvent, own: Readonly<Attributes>, reading: Reading): void {
  const { name, attributes } = event;
  const rest: SpanLog = { ...toLog(event), attributes: {} };
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    const place = `${name} ${key}`;
    const rules = RULES.events.get(place);
    const known = name === DETAILS_EVENT ? RULES.keys.get(key) : RULES.eventKeys.get(place);
    const content = rules === undefined ? undefined : (toPlain(value) ?? undefined);
    if (rules !== undefined && content !== undefined) {
      const kept: Attributes = {};
      keepAttribute(kept, key, value, LOG_ATTRIBUTE_DEPTH);
      const logs = [{ ...toLog(event), attributes: kept }];
      reading.contents.push({ rules, value: content, logs, taken: false });
    } else if (known !== undefined && !(name === DETAILS_EVENT && Object.hasOwn(own, key)))
      reading.known.push({
        key,
        value,
        rules: known,
        isPlainText: false,
        taken: false,
        event: rest,
      });
    else keepAttribute((rest.attributes ??= {}), key, value, LOG_ATTRIBUTE_DEPTH);
  }
  reading.rests.push(rest);
}

function rulesOf(place: string, slot: Slot) {
  return (RULES.events.get(place) ?? []).filter((rule) => rule.slot === slot);
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
/** Where our own export has a log's level. */
const LEVEL_KEY = 'log.severity';

/** An event as a line of the span's log. */
export function toLog({ name, timeUs, attributes: all }: OtelEvent): SpanLog {
  const attributes: Attributes = {};
  let level: SpanLog['level'];
  for (const key of Object.keys(all)) {
    const value = all[key];
    if (key === LEVEL_KEY) level = LEVELS.find((one) => one === value);
    if (key !== LEVEL_KEY || level === undefined)
      keepAttribute(attributes, key, value, LOG_ATTRIBUTE_DEPTH);
  }
  return {
    timeUs: Number.isSafeInteger(timeUs) && timeUs >= 0 ? timeUs : 0,
    message: typeof name === 'string' ? name : String(name),
    ...(level === undefined ? {} : { level }),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  };
}

function textField<K extends string>(key: K, value: unknown): { [key in K]?: string } {
  return (typeof value === 'string' && value !== '' ? { [key]: value } : {}) as {
    [key in K]?: string;
  };
}
