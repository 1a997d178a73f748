import { gunzip } from 'node:zlib';
import { promisify } from 'node:util';
import { SpantailError } from '@spantail/protocol';
import { UnsupportedMediaType } from './unsupported-media-type.ts';

const gunzipAsync = promisify(gunzip);

/** Bodies unpacked at once: each may take its whole limit before it is seen to be too large. */
const AT_ONCE = 4;
const lanes = Array.from({ length: AT_ONCE }, () => Promise.resolve());
let next = 0;

/**
 * A request's body without its `Content-Encoding`. No more than `maxBytes` are ever unpacked.
 *
 * @throws SpantailError TOO_LARGE; TypeError when it is no gzip; UnsupportedMediaType
 */
export async function decompress(
  body: Buffer,
  encoding: string | undefined,
  maxBytes: number,
): Promise<Buffer> {
  const name = (encoding ?? 'identity').trim().toLowerCase();
  if (name === 'identity' || name === '') return body;
  if (name !== 'gzip' && name !== 'x-gzip')
    throw new UnsupportedMediaType(`content-encoding "${name.slice(0, 40)}" is not gzip`);
  try {
    return await inTurn(() => gunzipAsync(body, { maxOutputLength: maxBytes }));
  } catch (error) {
    if (error instanceof RangeError)
      throw new SpantailError('TOO_LARGE', `the body is above ${maxBytes} bytes when unpacked`);
    const what = error instanceof Error ? error.message : String(error);
    throw new TypeError(`the body is not gzip: ${what}`, { cause: error });
  }
}

/** What is large waits behind what is large, in one of a few lanes. */
async function inTurn<T>(task: () => Promise<T>): Promise<T> {
  const lane = next++ % AT_ONCE;
  const before = lanes[lane];
  const done = (async () => {
    await before;
    return task();
  })();
  lanes[lane] = settled(done);
  return done;
}

async function settled(task: Promise<unknown>): Promise<void> {
  try {
    await task;
  } catch {
    // Its own caller hears of it.
  }
}
