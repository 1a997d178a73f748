/** What is used of MCP's messages, which are JSON-RPC 2.0. Whatever comes is only read, never trusted. */
export type RequestId = string | number;

export interface JsonRpcRequest {
  id: RequestId;
  method: string;
  params: Readonly<Record<string, unknown>>;
}

export interface JsonRpcNotification {
  method: string;
  params: Readonly<Record<string, unknown>>;
}

export type JsonRpcResponse = { id: RequestId } & (
  | { result: Readonly<Record<string, unknown>> }
  | { error: { code: unknown; message: string } }
);

export type JsonRpcMessage =
  | ({ kind: 'request' } & JsonRpcRequest)
  | ({ kind: 'notification' } & JsonRpcNotification)
  | ({ kind: 'response' } & JsonRpcResponse);

/** The message as one of its kinds; `undefined` for anything else, such as a batch of an old revision. */
export function readMessage(value: unknown): JsonRpcMessage | undefined {
  const { id, method, params, result, error } = mapOf(value);
  const hasId = typeof id === 'string' || typeof id === 'number';
  if (typeof method === 'string') {
    const rest = { method, params: mapOf(params) };
    return hasId ? { kind: 'request', id, ...rest } : { kind: 'notification', ...rest };
  }
  if (!hasId) return undefined;
  if (error === undefined) return { kind: 'response', id, result: mapOf(result) };
  const { code, message } = mapOf(error);
  const text = typeof message === 'string' ? message : 'an error without a message';
  return { kind: 'response', id, error: { code, message: text } };
}

/** The value when it is a map, else an empty one. */
export function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
