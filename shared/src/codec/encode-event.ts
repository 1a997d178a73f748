import type {
  CloseEvent,
  OpenEvent,
  SpanLink,
  SpanLog,
  TraceEvent,
  UpdateEvent,
} from '../event/event.ts';
import { toWellFormed } from '../text/utf8.ts';
import { plainAttributes } from './attributes.ts';
import { packBeside } from './pack.ts';
import { present } from './present.ts';
import { writePayload } from './write-payload.ts';

/** Around the attributes of a link or a log: the event, the list and the element. */
const LIST_LEVELS = 3;

/**
 * An event as one MessagePack map. To keep it keeps 64 KiB of memory, which it shares with the events
 * that were encoded before and after it. Attributes follow `plainAttributes`; lone
 * surrogates in any text become U+FFFD; fields that are `undefined` are left out. The shape itself
 * is not checked: `decodeEvent` does that where the event arrives.
 *
 * @throws SpantailError `EVENT_INVALID` for attributes that cannot be written
 */
export function encodeEvent(event: TraceEvent): Uint8Array {
  switch (event.type) {
    case 'open':
      return packBeside(openFields(event));
    case 'update':
      return packBeside(updateFields(event));
    case 'close':
      return packBeside(closeFields(event));
  }
}

function openFields(event: OpenEvent): object {
  const fields: Record<string, unknown> = { ...event };
  fields['name'] = toWellFormed(event.name);
  if (event.attributes !== undefined) fields['attributes'] = attributesOf(event);
  if (event.input !== undefined) fields['input'] = writePayload(event.input);
  if (event.links !== undefined) fields['links'] = event.links.map(linkFields);
  if (event.logs !== undefined) fields['logs'] = event.logs.map(logFields);
  return present(fields);
}

function updateFields(event: UpdateEvent): object {
  const fields: Record<string, unknown> = { ...event };
  if (event.name !== undefined) fields['name'] = toWellFormed(event.name);
  if (event.outputDelta !== undefined) fields['outputDelta'] = toWellFormed(event.outputDelta);
  if (event.attributes !== undefined) fields['attributes'] = attributesOf(event);
  if (event.input !== undefined) fields['input'] = writePayload(event.input);
  if (event.output !== undefined) fields['output'] = writePayload(event.output);
  if (event.logs !== undefined) fields['logs'] = event.logs.map(logFields);
  return present(fields);
}

function closeFields(event: CloseEvent): object {
  const { error, usage, attributes, output } = event;
  const fields: Record<string, unknown> = { ...event };
  if (error !== undefined)
    fields['error'] = present({
      type: toWellFormed(error.type),
      message: toWellFormed(error.message),
      stack: wellFormed(error.stack),
    });
  if (attributes !== undefined) fields['attributes'] = attributesOf(event);
  if (output !== undefined) fields['output'] = writePayload(output);
  if (usage !== undefined) fields['usage'] = present(usage);
  return present(fields);
}

function linkFields(link: SpanLink): object {
  return present({ ...link, attributes: attributesOf(link, LIST_LEVELS) });
}

function logFields(log: SpanLog): object {
  return present({
    ...log,
    message: toWellFormed(log.message),
    attributes: attributesOf(log, LIST_LEVELS),
  });
}

function attributesOf(owner: { attributes?: unknown }, levels = 1): object | undefined {
  return owner.attributes === undefined
    ? undefined
    : plainAttributes(owner.attributes, 'attributes', levels);
}

function wellFormed(text: string | undefined): string | undefined {
  return text === undefined ? undefined : toWellFormed(text);
}
