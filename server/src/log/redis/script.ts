import { createHash } from 'node:crypto';
import type { RedisClient } from './connection.ts';

/** A Lua script on the server, called by its hash. */
export class Script {
  readonly #lua: string;
  readonly #sha: string;

  constructor(lua: string) {
    this.#lua = lua;
    this.#sha = createHash('sha1').update(lua).digest('hex');
  }

  /**
   * Runs the script; texts in the reply are strings. The server forgets scripts when it restarts,
   * fails over or is told to: then the text is sent along.
   */
  async run(
    client: RedisClient,
    keys: readonly string[],
    args: readonly (string | number | Uint8Array)[],
  ): Promise<unknown> {
    const rest = args.map((arg) => (arg instanceof Uint8Array ? asBuffer(arg) : arg));
    try {
      return await client.evalsha(this.#sha, keys.length, ...keys, ...rest);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return client.eval(this.#lua, keys.length, ...keys, ...rest);
    }
  }
}

/** The same bytes as a Buffer, the only binary that ioredis sends as it is. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
