import { gunzip } from 'node:zlib';
import { promisify } from 'node:util';
import { SpantailError } from '@spantail/protocol';
import { UnsupportedMediaType } from '../failure.ts';

const gunzipAsync = promisify(gunzip);

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
    return await gunzipAsync(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error instanceof RangeError)
      throw new SpantailError('TOO_LARGE', `the body is above ${maxBytes} bytes when unpacked`);
    const what = error instanceof Error ? error.message : String(error);
    throw new TypeError(`the body is not gzip: ${what}`, { cause: error });
  }
}
