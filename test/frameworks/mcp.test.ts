import { describe, expect, it } from 'vitest';
import type { SpanNode } from '@spantail/protocol';
import { outline } from '../support/agent/make-tracer.ts';
import { watchedTree } from '../support/agent/watched-tree.ts';
import { FrameworkProgram } from '../support/frameworks/framework-program.ts';
import { nobody } from '../support/frameworks/nobody.ts';
import { startTestGateway } from '../support/gateway.ts';
import { connect } from '../support/client/connect.ts';

/** What the calls give with no tracing at all. */
async function plainResults(): Promise<unknown> {
  const program = new FrameworkProgram('programs/mcp/in-memory.ts', ['plain'], {
    SPANTAIL_URL: '',
  });
  await program.ended();
  return JSON.parse(program.lines[0] ?? '');
}

function facts({ name, spanType, status, error }: SpanNode): string {
  return `${name} ${spanType} ${status}${error === undefined ? '' : ` ${error.type}`}`;
}

const PLACES = ['in-memory.ts', 'stdio-client.ts'];

describe('MCP', () => {
  it.each(PLACES)(
    '[MCP1, MCP2, MCP3, MCP4, TC8] calls and what the server does for them are one tree: %s',
    async (program) => {
      const gateway = await startTestGateway({ tracker: {} });
      const agent = new FrameworkProgram(`programs/mcp/${program}`, [], {
        SPANTAIL_URL: gateway.url,
      });
      const results: unknown = JSON.parse(await agent.line(0));
      expect(results).toEqual(await plainResults());
      await agent.ended();
      expect(agent.lines.filter((line) => line.startsWith('unhandled'))).toEqual([]);
      const tree = await watchedTree(gateway.url, await agent.line(1));
      expect(tree.openCount).toBe(0);
      const [root] = tree.roots;
      expect(tree.roots).toHaveLength(1);
      expect(root?.children.map(facts)).toEqual([
        'forecast tool ok',
        'forecast tool ok',
        'forecast tool ok',
        'fail tool error tool_error',
        'unknown tool error tool_error',
        'forecast tool error tool_error',
        'hang tool error Cancelled',
        'ask tool ok',
        'resources/read station://7 step ok',
        'prompts/get advise step ok',
        'resources/read nowhere://1 step error McpError',
      ]);
      expect(outline(root?.children ?? [])).toBe(
        [
          ...Array.from({ length: 3 }, () => 'forecast(tools/call forecast(look up))'),
          'fail(tools/call fail)',
          'unknown(tools/call unknown)',
          'forecast(tools/call forecast)',
          'hang(tools/call hang)',
          'ask(tools/call ask(sampling/createMessage(sampling/createMessage(sampled))))',
          'resources/read station://7(resources/read station://7)',
          'prompts/get advise(prompts/get advise)',
          'resources/read nowhere://1(resources/read nowhere://1)',
        ].join(' '),
      );
      for (const { span } of tree.walk())
        if (span.name.startsWith('tools/call')) expect(span.spanType).toBe('step');
      const [oslo, rome, bonn, fail] = root?.children ?? [];
      expect(oslo?.logs.map(({ message }) => message)).toEqual(['1 of 2', 'nearly there']);
      expect(oslo?.attributes).toMatchObject({
        'gen_ai.tool.name': 'forecast',
        'mcp.method.name': 'tools/call',
      });
      expect(fail?.error?.message).toContain('no such weather');
      await using client = connect(gateway);
      const load = (span: SpanNode | undefined, key: 'input' | 'output'): Promise<unknown> =>
        span?.[key] === undefined
          ? Promise.resolve(undefined)
          : client.load(tree.traceId, span[key]);
      for (const [span, city] of [
        [oslo, 'Oslo'] as const,
        [rome, 'Rome'] as const,
        [bonn, 'Bonn'] as const,
      ]) {
        expect(await load(span, 'input')).toEqual({ city });
        expect(await load(span, 'output')).toBe(`rain in ${city}`);
        expect(await load(span?.children[0], 'output')).toBe(`rain in ${city}`);
      }
      if (program === 'in-memory.ts') {
        const cut = await watchedTree(gateway.url, await agent.line(2));
        expect(cut.roots[0]?.children.map(facts)).toEqual(['hang tool error ConnectionClosed']);
        expect(agent.lines[3]).toContain('Connection closed');
      }
    },
  );

  it('[MCP3] a server that is not traced leaves the caller whole', async () => {
    const gateway = await startTestGateway({ tracker: {} });
    const agent = new FrameworkProgram('programs/mcp/in-memory.ts', ['client only'], {
      SPANTAIL_URL: gateway.url,
    });
    await agent.ended();
    expect(JSON.parse(agent.lines[0] ?? '')).toEqual(await plainResults());
    const tree = await watchedTree(gateway.url, await agent.line(1));
    // What the server asks of the client names no span of its own.
    expect(outline(tree.roots)).toBe(
      'agent(forecast forecast forecast fail unknown forecast hang ask ' +
        'sampling/createMessage(sampled) resources/read station://7 prompts/get advise ' +
        'resources/read nowhere://1)',
    );
  });

  it('[MCP5, PROM9] with no gateway the calls give what they give, and the process ends', async () => {
    const agent = new FrameworkProgram('programs/mcp/in-memory.ts', [], {
      SPANTAIL_URL: await nobody(),
      SHUTDOWN: 'none',
    });
    expect(JSON.parse(await agent.line(0))).toEqual(await plainResults());
    await agent.ended();
  });
});
