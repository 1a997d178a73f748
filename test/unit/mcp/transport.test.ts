import { traceMcpTransport } from '@spantail/agent/mcp';
import { describe, expect, it } from 'vitest';
import { makeTracer, outline } from '../../support/agent/make-tracer.ts';

type Handler = (message: unknown) => void;

/** One that hands its callback on, as the SDK's HTTP transport does. */
class HandingOn {
  readonly inner: { onmessage?: Handler | undefined } = {};
  readonly sent: unknown[] = [];
  onclose: (() => void) | undefined;

  set onmessage(handler: Handler | undefined) {
    this.inner.onmessage = handler;
  }

  get onmessage(): Handler | undefined {
    return this.inner.onmessage;
  }

  send(message: unknown): Promise<void> {
    this.sent.push(message);
    return Promise.resolve();
  }
}

describe('an MCP transport', () => {
  it('[MCP3] whose class hands callbacks on gets the traced one', async () => {
    const { tracer, tree } = makeTracer();
    const transport = traceMcpTransport(new HandingOn(), { tracer });
    transport.onmessage = () => tracer.activeSpan?.startSpan('inside').end();
    transport.inner.onmessage?.({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: {} });
    await transport.send({ jsonrpc: '2.0', id: 1, result: {} });
    expect(outline((await tree()).roots)).toBe('tools/call(inside)');
  });

  it('[TC8, MCP5] leaves the message as it was given, and goes on where its `_meta` says', async () => {
    const { tracer, tree } = makeTracer();
    const transport = traceMcpTransport(new HandingOn(), { tracer });
    const traceparent = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;
    const request = {
      jsonrpc: '2.0',
      id: 'a',
      method: 'tools/call',
      params: { name: 'sum', _meta: { progressToken: 1, traceparent } },
    };
    const before = structuredClone(request);
    await transport.send(request);
    expect(request).toEqual(before);
    const { roots, traceId } = await tree();
    expect(traceId).toBe('c'.repeat(32));
    expect(roots[0]?.parentSpanId).toBe('d'.repeat(16));
    const onwards = `00-${'c'.repeat(32)}-${roots[0]?.spanId}-01`;
    expect(transport.sent).toEqual([
      { ...before, params: { name: 'sum', _meta: { progressToken: 1, traceparent: onwards } } },
    ]);
  });

  it('[MCP4, MCP5] that cannot send fails the span, and gives the SDK its own error', async () => {
    const { tracer, tree } = makeTracer();
    const gone = new Error('broken pipe');
    const transport = traceMcpTransport(
      { send: (_message: unknown): Promise<void> => Promise.reject(gone) },
      { tracer },
    );
    const request = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'sum' } };
    await expect(transport.send(request)).rejects.toBe(gone);
    expect((await tree()).roots[0]?.error?.message).toBe('broken pipe');
  });

  it('[MCP5] that cannot be changed works on as it is', async () => {
    const { tracer, errors } = makeTracer();
    const transport = Object.freeze(new HandingOn());
    expect(traceMcpTransport(transport, { tracer })).toBe(transport);
    await transport.send({ jsonrpc: '2.0', id: 1, method: 'tools/call' });
    expect(transport.sent).toHaveLength(1);
    expect(errors).toHaveLength(1);
  });
});

describe('an MCP server whose caller is not traced', () => {
  it('[MCP3, MCP5] has a run of its own for each call, with the handler inside', async () => {
    const { tracer, tree } = makeTracer();
    const sent: unknown[] = [];
    const transport = {
      onmessage: undefined as ((message: unknown) => void) | undefined,
      send: (message: unknown) => {
        sent.push(message);
        return Promise.resolve();
      },
    };
    traceMcpTransport(transport, { tracer });
    transport.onmessage = undefined;
    // Twice is once.
    traceMcpTransport(transport, { tracer });
    transport.onmessage = (message) => {
      const { id } = message as { id: number };
      tracer.activeSpan?.startSpan('inside').end();
      void transport.send({ jsonrpc: '2.0', id, result: { content: [] } });
    };
    const request = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'sum' } };
    transport.onmessage(request);
    expect(sent).toEqual([{ jsonrpc: '2.0', id: 1, result: { content: [] } }]);
    const { roots } = await tree();
    expect(outline(roots)).toBe('sum(inside)');
    expect(roots[0]?.spanType).toBe('tool');
    expect(roots[0]?.state).toBe('closed');
  });
});
