import { randomBytes } from 'node:crypto';
import {
  decodeRedisAppendReply,
  encodeRedisAppend,
  encodeRedisPutBlobs,
  encodeRedisRenewal,
  parseRedisUrl,
  REDIS_APPEND_SCRIPT,
  REDIS_PUT_BLOBS_SCRIPT,
  REDIS_RENEW_SCRIPT,
  SpantailError,
  type Batch,
  type Blob,
  type RedisAddress,
  type TraceId,
} from '@spantail/protocol';
import type { ExportResult, Exporter } from '../exporter.ts';
import { connectRedis, type RedisClient } from './connect.ts';
import { Script } from './script.ts';
import { within } from './within.ts';

const APPEND = new Script(REDIS_APPEND_SCRIPT);
const PUT_BLOBS = new Script(REDIS_PUT_BLOBS_SCRIPT);
const RENEW = new Script(REDIS_RENEW_SCRIPT);
const DAY_MS = 86_400_000;

export interface RedisExporterOptions {
  timeoutMs?: number;
  ttlMs?: number;
  project?: string;
}

/**
 * Publishes straight to the log on Redis, for agents that may write there. Connects when there is
 * something to send, and again at the attempt after a failure: the publisher's back-off is the only
 * loop, and no timer of a driver keeps the agent's process alive.
 */
export class RedisExporter implements Exporter {
  readonly #address: RedisAddress;
  readonly #timeoutMs: number;
  readonly #ttlMs: number;
  readonly #project: string;
  #client: Promise<RedisClient> | undefined;

  /** @throws SpantailError LOG_UNAVAILABLE when the address is malformed */
  constructor(url: string, options: RedisExporterOptions = {}) {
    this.#address = parseRedisUrl(url);
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#ttlMs = options.ttlMs ?? DAY_MS;
    this.#project = options.project ?? 'default';
  }

  async export(producer: string, batches: Batch[], signal: AbortSignal): Promise<ExportResult[]> {
    const client = await this.#connected(signal);
    const appends = batches.map((batch) => this.#append(client, producer, batch));
    const results = await within(Promise.all(appends), this.#timeoutMs, signal).catch(
      (error: unknown) => {
        this.#drop(client);
        throw error;
      },
    );
    // A connection that broke stays broken: the next attempt has a new one.
    if (results.some(({ outcome }) => outcome === 'refused') && client.status !== 'ready')
      this.#drop(client);
    return results;
  }

  async putBlobs(
    _producer: string,
    traceId: TraceId,
    blobs: Blob[],
    signal: AbortSignal,
  ): Promise<void> {
    const client = await this.#connected(signal);
    const { keys, args } = encodeRedisPutBlobs({
      project: this.#project,
      streamId: traceId,
      blobs,
      ttlMs: this.#ttlMs,
    });
    await within(PUT_BLOBS.run(client, keys, args), this.#timeoutMs, signal).catch(
      (error: unknown) => {
        this.#drop(client);
        throw error;
      },
    );
  }

  /** One that fails leaves the connection to the batches that may be on it. */
  async renew(
    producer: string,
    traceIds: TraceId[],
    leaseMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    const connecting = (this.#client ??= connectRedis(this.#address, this.#timeoutMs));
    connecting.catch(() => {
      if (this.#client === connecting) this.#client = undefined;
    });
    const renewing = connecting.then((client) =>
      this.#renewAll(client, producer, traceIds, leaseMs),
    );
    await within(renewing, this.#timeoutMs, signal);
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    client?.disconnect();
  }

  async #renewAll(
    client: RedisClient,
    producer: string,
    traceIds: readonly TraceId[],
    leaseMs: number,
  ): Promise<void> {
    const renewals = traceIds.map((streamId) => {
      const renewal = { project: this.#project, streamId, producer, leaseMs, ttlMs: this.#ttlMs };
      const { keys, args } = encodeRedisRenewal(renewal);
      return RENEW.run(client, keys, args);
    });
    try {
      await Promise.all(renewals);
    } catch (error) {
      // One that broke stays broken: the next attempt has a new one.
      if (client.status !== 'ready') this.#drop(client);
      throw error;
    }
  }

  /** One batch; what goes wrong with it is its own result, and worth another attempt. */
  async #append(client: RedisClient, producer: string, batch: Batch): Promise<ExportResult> {
    const { traceId, ...rest } = batch;
    const { keys, args } = encodeRedisAppend({
      ...rest,
      project: this.#project,
      streamId: traceId,
      producer,
      ttlMs: this.#ttlMs,
      newEpoch: randomBytes(6).toString('hex'),
    });
    try {
      const reply = decodeRedisAppendReply(await APPEND.run(client, keys, args), batch.refs);
      // A publisher never says which entry it expects to be the last.
      if (reply.outcome === 'conflict') throw new TypeError('an unexpected conflict');
      return { outcome: reply.outcome, position: reply.position, missing: reply.missing };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { outcome: 'refused', code: 'LOG_UNAVAILABLE', message, retry: true };
    }
  }

  async #connected(signal: AbortSignal): Promise<RedisClient> {
    const connecting = (this.#client ??= connectRedis(this.#address, this.#timeoutMs));
    try {
      return await within(connecting, this.#timeoutMs, signal);
    } catch (error) {
      if (this.#client === connecting) this.#client = undefined;
      connecting.then(
        (late) => late.disconnect(),
        () => {},
      );
      const why = error instanceof Error ? error.message : String(error);
      const where = this.#address.nodes.map(({ host, port }) => `${host}:${port}`).join(',');
      throw new SpantailError('LOG_UNAVAILABLE', `cannot publish to Redis at ${where}: ${why}`, {
        cause: error,
      });
    }
  }

  #drop(client: RedisClient): void {
    this.#client = undefined;
    client.disconnect();
  }
}
