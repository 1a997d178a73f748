import type { WatchedTree } from '@spantail/client';
import { RunTree, factsOf, type TraceEvent } from '@spantail/protocol';
import { describe, expect, it } from 'vitest';
import { agentGraph, type AgentGraph } from '../../../dashboard/src/graph/agent-graph.ts';
import { MOST_AGENTS } from '../../../dashboard/src/graph/box-agents.ts';
import { directionIn } from '../../../dashboard/src/graph/direction.ts';
import { layeredLayout, type Box, type Line } from '../../../dashboard/src/graph/layered-layout.ts';
import { pictureOf } from '../../../dashboard/src/graph/picture.ts';
import { seededRandom } from '../../support/generate-run.ts';

const NOW_US = 100_000;

/** Lines as `id parent type name start end`; `-` for none, an end `x` for still open, `!` for failed. */
function graphOf(text: string, more: TraceEvent[] = []): AgentGraph {
  const tree = new RunTree('ab'.repeat(16));
  for (const line of text.trim().split('\n')) {
    const [id = '', parent = '-', type = '', name = '', start = '0', end = 'x'] = line
      .trim()
      .split(/\s+/);
    const spanId = id.padEnd(16, '0');
    tree.apply({
      type: 'open',
      spanId,
      ...(parent === '-' ? {} : { parentSpanId: parent.padEnd(16, '0') }),
      name,
      spanType: type as 'agent',
      startUs: Number(start),
    });
    if (end === 'x') continue;
    const isFailed = end.endsWith('!');
    tree.apply({
      type: 'close',
      spanId,
      endUs: Number.parseInt(end, 10),
      status: isFailed ? 'error' : 'ok',
      usage: type === 'model' ? { inputTokens: 10, outputTokens: 1 } : {},
    });
  }
  for (const event of more) tree.apply(event);
  return agentGraph(tree as unknown as WatchedTree, factsOf, NOW_US);
}

function edgesOf({ edges }: AgentGraph): string[] {
  return edges.map(({ from, to, kind, count }) => `${from} ${kind} ${to} ${count}`);
}

describe('agent graph', () => {
  it('counts calls, tools, failures, tokens and time per agent', () => {
    const { agents } = graphOf(`
      a - agent boss 0 90
      b a model gpt 1 2
      c a tool search 3 4
      d a tool search 5 6!
      e a agent helper 10 20
      f e model gpt 11 12
      1 f model inner 11 12
    `);
    expect(agents).toHaveLength(2);
    const [boss, helper] = agents;
    expect(boss).toMatchObject({ name: 'boss', durationUs: 90, tokens: 11, isActive: false });
    expect(boss?.tools).toMatchObject([{ name: 'search', calls: 2, errors: 1, open: 0 }]);
    // The provider's own span inside of a call repeats its tokens.
    expect(helper).toMatchObject({ name: 'helper', durationUs: 10, tokens: 11 });
    expect(helper?.models).toMatchObject([{ name: 'gpt', calls: 1 }]);
  });

  it('tells who calls whom and how often', () => {
    const graph = graphOf(`
      a - agent boss 0 90
      b a model gpt 1 2
      c a agent helper 10 20
      d a agent helper 30 40
      e a agent other 50 60
    `);
    expect(edgesOf(graph)).toEqual(['boss call helper 2', 'boss call other 1']);
  });

  it('tells whose turn followed where no caller decides', () => {
    const graph = graphOf(`
      a - agent flow 0 90
      b a agent first 10 20
      c a agent second 30 40
      d a agent first 50 60
    `);
    expect(edgesOf(graph)).toEqual([
      'flow call first 2',
      'flow call second 1',
      'first next second 1',
      'second next first 1',
    ]);
  });

  it('takes agents that work at the same time for no sequence', () => {
    const graph = graphOf(`
      a - agent flow 0 90
      b a agent first 10 50
      c a agent second 30 40
    `);
    expect(edgesOf(graph)).toEqual(['flow call first 1', 'flow call second 1']);
  });

  it('counts handoffs by what their spans say', () => {
    const handoff = (id: string, attributes: Record<string, string>, name: string): TraceEvent => ({
      type: 'open',
      spanId: id.padEnd(16, '0'),
      parentSpanId: 'b'.padEnd(16, '0'),
      name,
      spanType: 'handoff',
      startUs: 15,
      attributes,
    });
    const graph = graphOf(
      `
      a - agent flow 0 90
      b a agent triage 10 20
      c a agent refunds 30 40
      `,
      [
        handoff('d', { 'handoff.from': 'triage', 'handoff.to': 'refunds' }, 'handoff'),
        handoff('e', {}, 'transfer_to_refunds'),
      ],
    );
    expect(edgesOf(graph)).toContain('triage handoff refunds 2');
    expect(edgesOf(graph).some((edge) => edge.includes('next'))).toBe(false);
  });

  it('shows who works: the agent below, not the one that waits for it', () => {
    const { agents, edges } = graphOf(`
      a - agent boss 0 x
      b a agent helper 10 x
      c b tool search 20 x
    `);
    expect(agents.map(({ name, isActive }) => [name, isActive])).toEqual([
      ['boss', false],
      ['helper', true],
    ]);
    expect(edges[0]?.isActive).toBe(true);
    expect(agents[1]?.durationUs).toBe(NOW_US - 10);
  });

  it('counts an agent’s span in the step that called it as one call', () => {
    const { agents } = graphOf(`
      a - agent boss 0 90
      b a agent helper 10 20!
      c b agent helper 11 19!
      d a agent helper 30 40
      e d agent helper 31 39
      f d agent helper 32 38!
    `);
    // The last one calls itself, twice.
    expect(agents[1]).toMatchObject({ name: 'helper', calls: 4, errors: 2, durationUs: 20 });
    expect(agents[1]?.spanIds).toHaveLength(5);
  });

  it('counts what is lost as lost only, though it ends as an error as well', () => {
    const lost = (id: string): TraceEvent => ({
      type: 'close',
      spanId: id.padEnd(16, '0'),
      endUs: 50,
      status: 'error',
      reason: 'lost',
    });
    const { agents } = graphOf(
      `
      a - agent boss 0 x
      b a tool search 1 2!
      c a tool search 3 x
      `,
      [lost('c'), lost('a')],
    );
    expect(agents).toMatchObject([{ errors: 0, lost: 1, tools: [{ errors: 1, lost: 1 }] }]);
  });

  it('gives what stands below no agent to one named after the root', () => {
    const { agents } = graphOf(`
      a - step pipeline 0 90
      b a model gpt 1 2
      c a tool search 3 4
    `);
    expect(agents).toMatchObject([{ name: 'pipeline', tools: [{ name: 'search' }] }]);
    const picture = pictureOf({ agents, edges: [] }, 'right');
    expect(picture.nodes.map(({ kind }) => kind)).toEqual(['agent', 'model', 'tool']);
    expect(picture.edges.map(({ count }) => count)).toEqual([1, 1]);
    expect(pictureOf({ agents, edges: [] }, 'down').nodes).toHaveLength(3);
  });
});

describe('the boxes of the picture', () => {
  it('are wider where names are long, within bounds and all alike', () => {
    const widths = (name: string): number[] => {
      const { agents, edges } = graphOf(`
        a - agent boss 0 90
        b a agent ${name} 10 20
      `);
      return pictureOf({ agents, edges }, 'right').nodes.map(({ width }) => width);
    };
    expect(new Set(widths('short'))).toEqual(new Set([240]));
    const [wide = 0, same] = widths('an_agent_with_a_longer_name');
    expect(same).toBe(wide);
    expect(wide).toBeGreaterThan(27 * 9);
    expect(widths('x'.repeat(500))).toEqual([360, 360]);
  });
});

describe('the way the picture goes', () => {
  it('is down where there is more room, and on a phone', () => {
    expect(directionIn({ width: 1_400, height: 680 })).toBe('right');
    expect(directionIn({ width: 700, height: 900 })).toBe('down');
    expect(directionIn({ width: 382, height: 450 })).toBe('down');
    expect(directionIn({ width: 540, height: 200 })).toBe('right');
  });
});

describe('the picture of many agents', () => {
  it('has a box for the rest of more than can be seen, and the lines to it', () => {
    const lines = Array.from({ length: 5_000 }, (_, i) => {
      const id = (0x1000 + i).toString(16);
      return `${id} a agent worker${i} ${10 + i} ${i === 4_999 ? 'x' : 11 + i}`;
    });
    const graph = graphOf(['a - agent boss 0 x', 'b a model gpt 1 2', ...lines].join('\n'));
    expect(graph.agents).toHaveLength(5_001);
    for (const direction of ['right', 'down'] as const) {
      const { nodes, edges } = pictureOf(graph, direction);
      expect(nodes).toHaveLength(MOST_AGENTS + 1);
      expect(nodes.find(({ kind }) => kind === 'rest')).toMatchObject({
        label: `${(4_941).toLocaleString()} more agents`,
        calls: 4_941,
        isActive: true,
      });
      expect(edges).toHaveLength(MOST_AGENTS);
      expect(edges.reduce((sum, { count }) => sum + count, 0)).toBe(5_000);
    }
  });

  it('shows an agent that is called like the box of the rest', () => {
    const { agents, edges } = graphOf(`
      a - agent rest 0 90
      b a agent other 10 20
    `);
    expect(pictureOf({ agents, edges }, 'right').nodes.map(({ kind }) => kind)).toEqual([
      'agent',
      'agent',
    ]);
  });
});

describe('layered layout', () => {
  const GAPS = { column: 50, row: 10 };
  const box = (id: string): Box => ({ id, width: 100, height: 40 });

  it('puts each box right of those that lead to it', () => {
    const { boxes } = layeredLayout(
      ['a', 'b', 'c'].map(box),
      [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'c' },
        { from: 'a', to: 'c' },
      ],
      GAPS,
    );
    expect(boxes.map(({ id, x }) => [id, x])).toEqual([
      ['a', 0],
      ['b', 150],
      ['c', 300],
    ]);
  });

  it('draws circles, and says which line closes them', () => {
    const { lines } = layeredLayout(
      ['a', 'b'].map(box),
      [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'a' },
        { from: 'a', to: 'a' },
        { from: 'a', to: 'nobody' },
      ],
      GAPS,
    );
    expect(lines.map(({ index, isBack }) => [index, isBack])).toEqual([
      [0, false],
      [1, true],
    ]);
    expect(lines[1]?.points[0]).toMatchObject({ x: 150 });
    expect(lines[1]?.points.at(-1)).toMatchObject({ x: 100 });
  });

  it('lays any graph without overlap, inside its size, the same each time', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = seededRandom(seed);
      const count = 1 + Math.floor(random() * 24);
      const boxes = Array.from({ length: count }, (_, i): Box => ({
        id: `n${i}`,
        width: 80 + Math.floor(random() * 200),
        height: 30 + Math.floor(random() * 120),
      }));
      const lines = Array.from({ length: Math.floor(random() * count * 2) }, (): Line => ({
        from: `n${Math.floor(random() * count)}`,
        to: `n${Math.floor(random() * count)}`,
      }));
      const layout = layeredLayout(boxes, lines, GAPS);
      expect(layout).toEqual(layeredLayout(boxes, lines, GAPS));
      expect(layout.boxes).toHaveLength(count);
      for (const a of layout.boxes) {
        expect(a.x).toBeGreaterThanOrEqual(0);
        expect(a.y).toBeGreaterThanOrEqual(-0.001);
        expect(a.x + a.width).toBeLessThanOrEqual(layout.width + 0.001);
        expect(a.y + a.height).toBeLessThanOrEqual(layout.height + 0.001);
        for (const b of layout.boxes)
          if (a !== b)
            expect(
              a.x + a.width <= b.x + 0.001 ||
                b.x + b.width <= a.x + 0.001 ||
                a.y + a.height <= b.y + 0.001 ||
                b.y + b.height <= a.y + 0.001,
              `seed ${seed}: ${a.id} and ${b.id}`,
            ).toBe(true);
      }
    }
  });
});
