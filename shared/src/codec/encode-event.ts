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
import { packMessage } from './pack.ts';
import { present } from './present.ts';
import { writePayload } from './write-payload.ts';

/** Around the attributes of a link or a log: the event, the list and the element. */
const LIST_LEVELS = 3;

/**
 * An event as one MessagePack map, in bytes of its own. Attributes follow `plainAttributes`; lone
 * surrogates in any text become U+FFFD; fields that are `undefined` are left out. The shape itself
 * is not checked: `decodeEvent` does that where the event arrives.
 *
 * @throws SpantailError `EVENT_INVALID` for attributes that cannot be written
 */
export function encodeEvent(event: TraceEvent): Uint8Array {
  switch (event.type) {
    case 'open':
      return packMessage(openFields(event));
    case 'update':
      return packMessage(updateFields(event));
    case 'close':
      return packMessage(closeFields(event));
  }
}

function openFields(event: OpenEvent): object {
  return present({
    ...event,
    name: toWellFormed(event.name),
    attributes: attributesOf(event),
    input: event.input && writePayload(event.input),
    links: event.links?.map(linkFields),
    logs: event.logs?.map(logFields),
  });
}

function updateFields(event: UpdateEvent): object {
  return present({
    ...event,
    name: wellFormed(event.name),
    outputDelta: wellFormed(event.outputDelta),
    attributes: attributesOf(event),
    input: event.input && writePayload(event.input),
    output: event.output && writePayload(event.output),
    logs: event.logs?.map(logFields),
  });
}

function closeFields(event: CloseEvent): object {
  const { error, usage } = event;
  return present({
    ...event,
    error:
      error &&
      present({
        type: toWellFormed(error.type),
        message: toWellFormed(error.message),
        stack: wellFormed(error.stack),
      }),
    attributes: attributesOf(event),
    output: event.output && writePayload(event.output),
    usage: usage && present(usage),
  });
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
