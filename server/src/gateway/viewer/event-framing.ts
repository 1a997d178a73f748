import { toHex, type Cursor } from '@spantail/protocol';

/** How a viewer's messages are written into the body of an HTTP answer. */
export interface EventFraming {
  contentType: string;
  /** Says that the connection is alive; empty where nothing can. */
  heartbeat: string;
  event: (name: string, data: object, cursor?: Cursor) => string;
}

/** Server-sent events: `id` is the cursor, `event` the type, `data` JSON. */
export const SSE: EventFraming = {
  contentType: 'text/event-stream; charset=utf-8',
  heartbeat: ': heartbeat\n\n',
  event: (name, data, cursor) =>
    `${cursor === undefined ? '' : `id: ${cursor}\n`}event: ${name}\ndata: ${toJson(data)}\n\n`,
};

/** A line of JSON each, with its type and its cursor in it. */
export const NDJSON: EventFraming = {
  contentType: 'application/x-ndjson; charset=utf-8',
  heartbeat: '',
  event: (type, data, cursor) =>
    `${toJson({ type, ...data, ...(cursor === undefined ? {} : { cursor }) })}\n`,
};

/** References in hex. */
function toJson(data: object): string {
  return JSON.stringify(data, (_key, value: unknown) =>
    value instanceof Uint8Array ? toHex(value) : value,
  );
}
