import { traceMcpTransport } from '@spantail/agent/mcp';
import { describe, expect, it } from 'vitest';
import { eventually, startTestGateway } from '../../support/gateway.ts';

/** One call over a new connection, in the trace that its caller names. */
async function call(url: string, traceId: string): Promise<void> {
  const transport = traceMcpTransport({ send: (_message: unknown) => Promise.resolve() }, { url });
  const _meta = { traceparent: `00-${traceId}-${'d'.repeat(16)}-01` };
  await transport.send({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { _meta } });
}

describe('a program with many MCP connections', () => {
  it('publishes all of them with one tracer', async () => {
    const { url, log } = await startTestGateway();
    const traceIds = ['a', 'b', 'c'].map((digit) => digit.repeat(32));
    await Promise.all(traceIds.map((traceId) => call(url, traceId)));
    const producers = new Set<string>();
    await eventually(async () => {
      const streams = traceIds.map((streamId) => ({ project: 'default', streamId }));
      const options = { maxEntries: 10, maxBytes: 100_000 };
      const read = await Promise.all(
        streams.map((stream) => log.read(stream, { after: '0-0', ...options })),
      );
      for (const { producer } of read.flat()) producers.add(producer);
      return read.every((entries) => entries.length > 0);
    }, 'all calls are in the log');
    expect(producers.size).toBe(1);
  });
});
