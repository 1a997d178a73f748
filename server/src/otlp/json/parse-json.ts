import { checkJsonSize } from '../../gateway/ingest/json/check-json-size.ts';

/** A small body cannot become a large one. */
const SMALL_BYTES = 1024 * 1024;
/** What 64 MiB of real spans have, twice. `[{},{},…]` of that size takes gigabytes as objects. */
const MOST_VALUES = 4_194_304;

/**
 * A body of OTLP/JSON as values; nothing at all is an empty request.
 *
 * @throws SyntaxError; SpantailError TOO_LARGE, EVENT_INVALID when it would take too much memory
 */
export function parseJson(body: Buffer): unknown {
  if (body.byteLength === 0) return {};
  if (body.byteLength > SMALL_BYTES) checkJsonSize(body, MOST_VALUES);
  return JSON.parse(body.toString('utf8'));
}
