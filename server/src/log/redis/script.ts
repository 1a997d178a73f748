import { createHash } from 'node:crypto';
import type { RedisClient } from './connection.ts';

/** What ioredis has, but does not declare; its `callBuffer` never settles when pipelined by itself. */
interface BufferScripts {
  evalshaBuffer(sha: string, keys: number, ...rest: (string | number)[]): Promise<unknown>;
  evalBuffer(lua: string, keys: number, ...rest: (string | number)[]): Promise<unknown>;
}

export type ScriptArg = string | number | Uint8Array;

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
    args: readonly ScriptArg[],
  ): Promise<unknown> {
    // One array, not spread: a batch may bring more blobs than a call may have arguments.
    const rest = args.map((arg) => (arg instanceof Uint8Array ? asBuffer(arg) : arg));
    const command = (script: string): (string | number | Buffer)[] => {
      const head: (string | number | Buffer)[] = [script, keys.length, ...keys];
      return head.concat(rest);
    };
    try {
      return await client.call('evalsha', command(this.#sha));
    } catch (error) {
      if (!isUnknown(error)) throw error;
      return client.call('eval', command(this.#lua));
    }
  }

  /** Like `run`, but texts in the reply are Buffers. For few arguments. */
  async runBuffer(
    client: RedisClient,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    const scripts = client as RedisClient & BufferScripts;
    try {
      return await scripts.evalshaBuffer(this.#sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!isUnknown(error)) throw error;
      return scripts.evalBuffer(this.#lua, keys.length, ...keys, ...args);
    }
  }
}

function isUnknown(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

/** The same bytes as a Buffer, the only binary that ioredis sends as it is. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
