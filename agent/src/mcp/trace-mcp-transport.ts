import type { AdapterOptions } from '../adapter/adapter-options.ts';
import { sharedTracer } from '../adapter/shared-tracer.ts';
import { hostOf } from '../tracer/tracer.ts';
import { interceptCallback } from './intercept.ts';
import { TransportTracing } from './transport-tracing.ts';

/** What is used of a transport of the MCP SDK; clients and servers have the same. */
export interface McpTransport {
  send(message: never, options?: never): Promise<void>;
  onmessage?: unknown;
  onclose?: unknown;
  sessionId?: unknown;
}

type Send = (message: unknown, options?: unknown) => Promise<void>;

const traced = new WeakSet<McpTransport>();

/**
 * Traces what goes over an MCP transport, of a client or a server, and hands the transport back: the
 * calls of this side are steps below the active span, the calls of the other side steps below the
 * span that made them, in the other process' trace.
 *
 * @example
 * await client.connect(traceMcpTransport(new StdioClientTransport({ command: 'weather-server' })));
 */
export function traceMcpTransport<T extends McpTransport>(
  transport: T,
  options: AdapterOptions = {},
): T {
  const tracer = sharedTracer(options);
  if (!tracer.enabled || traced.has(transport)) return transport;
  try {
    const tracing = new TransportTracing(tracer, () => transport.sessionId);
    const send = transport.send.bind(transport) as Send;
    Object.defineProperty(transport, 'send', {
      configurable: true,
      writable: true,
      value: (given: unknown, how?: unknown) => sendTraced(tracing, send, given, how),
    });
    interceptCallback(
      transport,
      'onmessage',
      (handle) =>
        (message, ...rest) =>
          tracing.receiving(message, () => handle(message, ...rest)),
    );
    interceptCallback(transport, 'onclose', (handle) => (...rest) => {
      tracing.closed();
      return handle(...rest);
    });
    traced.add(transport);
  } catch (error) {
    // One that cannot be changed works on as it is.
    hostOf(tracer).report(error);
  }
  return transport;
}

/** What `send` gives or throws is what the SDK gets. */
function sendTraced(
  tracing: TransportTracing,
  send: Send,
  given: unknown,
  how: unknown,
): Promise<void> {
  const { message, failed } = tracing.sending(given);
  try {
    const sent = send(message, how);
    void Promise.resolve(sent).catch(failed);
    return sent;
  } catch (error) {
    failed(error);
    throw error;
  }
}
