import { createHash } from 'node:crypto';
import type { RedisClient } from './connect.ts';

/** A Lua script on the server, called by its hash. */
export class Script {
  readonly #lua: string;
  readonly #sha: string;

  constructor(lua: string) {
    this.#lua = lua;
    this.#sha = createHash('sha1').update(lua).digest('hex');
  }

  /** Runs it; a server that does not know the hash (new, restarted, flushed) is sent the text. */
  async run(
    client: RedisClient,
    keys: readonly string[],
    args: readonly (string | Uint8Array)[],
  ): Promise<unknown> {
    // ioredis sends only a Buffer as the bytes it holds.
    const rest = args.map((arg) =>
      typeof arg === 'string' ? arg : Buffer.from(arg.buffer, arg.byteOffset, arg.byteLength),
    );
    try {
      return await client.evalsha(this.#sha, keys.length, ...keys, ...rest);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return client.eval(this.#lua, keys.length, ...keys, ...rest);
    }
  }
}
