import { tracerOf, type AdapterOptions } from '../adapter/adapter-options.ts';
import { traceMcpTransport, type McpTransport } from './trace-mcp-transport.ts';

export { traceMcpTransport, type McpTransport } from './trace-mcp-transport.ts';

/** {@link traceMcpTransport} with these options, for any number of transports. */
export default function mcp(
  options: AdapterOptions = {},
): <T extends McpTransport>(transport: T) => T {
  const tracer = tracerOf(options);
  return (transport) => traceMcpTransport(transport, { tracer });
}
