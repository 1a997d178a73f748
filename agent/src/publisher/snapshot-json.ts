import { configure } from 'safe-stable-stringify';

/** Slower than `JSON.stringify`, but it takes anything; keys keep their order. */
const stringifyAnything = configure({
  deterministic: false,
  bigint: true,
  circularValue: '[Circular]',
  maximumDepth: 64,
  maximumBreadth: 100_000,
});

/**
 * JSON text of a value as it is now: an agent's objects change while they wait to be sent. Never
 * throws: circles, BigInt, throwing getters and values that JSON does not have are written as well
 * as they can be. An `Error` is its name, message and stack; bytes are a data URL.
 */
export function snapshotJson(value: unknown): string {
  const plain = toPlain(value);
  try {
    return JSON.stringify(plain) ?? 'null';
  } catch {
    return snapshotAnything(plain);
  }
}

function snapshotAnything(value: unknown): string {
  try {
    return stringifyAnything(value) ?? 'null';
  } catch (error) {
    return JSON.stringify(`[cannot be written: ${String(error)}]`);
  }
}

function toPlain(value: unknown): unknown {
  if (value instanceof Error) {
    const { name, message, stack } = value;
    return { name, message, stack };
  }
  if (value instanceof Uint8Array)
    return `data:application/octet-stream;base64,${Buffer.from(value).toString('base64')}`;
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Set) return [...value];
  return value;
}
