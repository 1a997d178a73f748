import type { Attributes, SpanType } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { functionOf, spanTitle } from '../../../../dashboard/src/tree/span-title.ts';
import { spanOf, treeOf } from './make-tree.ts';

function titles(name: string, type: SpanType, attributes: Attributes = {}): [string, string] {
  const span = spanOf(treeOf([{ id: 'one', from: 1, type, more: { name, attributes } }]), 'one');
  return [spanTitle(span), functionOf(span)];
}

const GRAPH = 'langgraph.graph.state.CompiledStateGraph.ainvoke';
const TOOL = 'langchain_core.tools.structured.StructuredTool._arun';

describe('what a span is called in a row', () => {
  it('is the agent or tool that a framework’s function ran, with the end of its name beside it', () => {
    const agent = { 'gen_ai.agent.name': 'supervisor' };
    expect(titles(GRAPH, 'agent', agent)).toEqual(['supervisor', 'CompiledStateGraph.ainvoke']);
    const tool = { 'gen_ai.tool.name': 'get_weather' };
    expect(titles(TOOL, 'tool', tool)).toEqual(['get_weather', 'StructuredTool._arun']);
    expect(titles('agent_framework.ChatAgent.run', 'agent', agent)[0]).toBe('supervisor');
    const to = { 'handoff.from': 'a', 'handoff.to': 'b' };
    expect(titles(GRAPH, 'handoff', to)[0]).toBe('a hands over to b');
  });

  it('is the end of the function’s name where nothing is known of it', () => {
    expect(titles(GRAPH, 'agent')).toEqual(['CompiledStateGraph.ainvoke', '']);
    expect(titles(GRAPH, 'step', { 'gen_ai.agent.name': 'supervisor' })[0]).toBe(
      'CompiledStateGraph.ainvoke',
    );
  });

  it('is the agent that a handoff leads to, where only its span says so', () => {
    const tree = treeOf([
      { id: 'one', from: 1, type: 'handoff', more: { name: GRAPH } },
      {
        id: 'two',
        below: 'one',
        from: 2,
        type: 'agent',
        more: { attributes: { 'gen_ai.agent.name': 'booker' } },
      },
    ]);
    expect(spanTitle(spanOf(tree, 'one'))).toBe('Handoff to booker');
  });

  it('is the name as it is where somebody chose it', () => {
    const agent = { 'gen_ai.agent.name': 'joker' };
    expect(titles('joke_agent run', 'agent', agent)).toEqual(['joke_agent run', '']);
    expect(titles('POST /a.b.c', 'step')[0]).toBe('POST /a.b.c');
    expect(titles('fetch example.org', 'tool')[0]).toBe('fetch example.org');
    expect(titles('', 'step')[0]).toBe('');
  });

  it('shows what hides in a name', () => {
    const agent = { 'gen_ai.agent.name': 'a\u202eb' };
    expect(titles(GRAPH, 'agent', agent)[0]).toBe('a⟨202E⟩b');
  });
});
