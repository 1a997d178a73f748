import type { SpanId } from '@spantail/protocol';
import type { AgentEdge, AgentGraph, AgentNode, Use } from './agent-graph.ts';
import { boxAgents, boxId, REST_ID } from './box-agents.ts';
import { agentWidth, useWidth } from './box-width.ts';
import {
  layeredLayout,
  type Box,
  type Layout,
  type Line,
  type PlacedBox,
  type Point,
} from './layered-layout.ts';

/** Tools listed in an agent's own box; of more of them, their number. */
export const LISTED_TOOLS = 5;
/** Of a single agent, what it uses has boxes of its own: the rest is one. */
const MOST_BOXES = 24;

const AGENT_HEAD = 64;
const TOOL_ROW = 20;
const USE_HEIGHT = 40;
const LIST_INDENT = 20;
const LIST_GAP = 12;
const GAPS = { column: 96, row: 20 };

/** All that has no box of its own. */
interface RestContent {
  kind: 'rest';
  label: string;
  calls: number;
  spanIds: SpanId[];
  isActive: boolean;
}

export type PictureNode = PlacedBox &
  (
    | { kind: 'agent'; agent: AgentNode; listed: Use[]; more: number }
    | { kind: 'tool' | 'model'; use: Use }
    | RestContent
  );

export interface PictureEdge {
  key: string;
  kind: AgentEdge['kind'] | 'use';
  points: Point[];
  count: number;
  errors: number;
  isActive: boolean;
}

/** Which way the lines go: to the right, or down where there is more room. */
export type Direction = 'right' | 'down';

export interface Picture {
  direction: Direction;
  nodes: PictureNode[];
  edges: PictureEdge[];
  width: number;
  height: number;
}

/** Agents with their tools in them and lines between them; of one agent alone, what it uses. */
export function pictureOf({ agents, edges }: AgentGraph, direction: Direction): Picture {
  const [only] = agents;
  return agents.length === 1 && only !== undefined
    ? pictureOfOne(only, direction)
    : pictureOfMany(agents, edges, direction);
}

function pictureOfMany(
  agents: readonly AgentNode[],
  allEdges: readonly AgentEdge[],
  direction: Direction,
): Picture {
  const { shown, rest, edges } = boxAgents(agents, allEdges);
  const contents = new Map<string, { agent: AgentNode; listed: Use[]; more: number }>();
  const listed = shown.map((agent) => ({ agent, listed: listedOf(agent) }));
  const width = agentWidth(listed);
  const boxes = listed.map(({ agent, listed }): Box => {
    const { tools, name } = agent;
    const more = tools.length - listed.length;
    contents.set(boxId(name), { agent, listed, more });
    const rows = listed.length + (more > 0 ? 1 : 0);
    const height = AGENT_HEAD + (rows === 0 ? 0 : rows * TOOL_ROW + 10);
    return { id: boxId(name), width, height };
  });
  if (rest.length > 0) boxes.push({ id: REST_ID, width, height: USE_HEIGHT });
  const layout = layoutTowards(direction, boxes, edges, GAPS.row);
  return {
    direction,
    nodes: layout.boxes.flatMap((box): PictureNode[] => {
      if (box.id === REST_ID) return [{ ...box, ...restOfAgents(rest) }];
      const content = contents.get(box.id);
      return content === undefined ? [] : [{ ...box, kind: 'agent', ...content }];
    }),
    edges: layout.lines.flatMap(({ index, points, isBack }): PictureEdge[] => {
      const edge = edges[index];
      if (edge === undefined) return [];
      const { kind, count, isActive } = edge;
      const shift = SHIFT[kind] + (isBack ? BACK_SHIFT : 0);
      return [
        {
          key: `${kind} ${index}`,
          kind,
          points: points.map(({ x, y }) =>
            direction === 'right' ? { x, y: y + shift } : { x: x + shift, y },
          ),
          count,
          errors: 0,
          isActive,
        },
      ];
    }),
    width: layout.width,
    height: layout.height,
  };
}

/** Instead of "1 more" there is room for the one. */
function listedOf({ tools }: AgentNode): Use[] {
  return tools.slice(0, tools.length === LISTED_TOOLS + 1 ? tools.length : LISTED_TOOLS);
}

function restOfAgents(rest: readonly AgentNode[]): RestContent {
  const spanIds = rest.flatMap(({ spanIds }) => spanIds);
  return {
    kind: 'rest',
    label: `${rest.length.toLocaleString()} more agents`,
    calls: rest.reduce((sum, { calls }) => sum + calls, 0),
    spanIds,
    isActive: rest.some(({ isActive }) => isActive),
  };
}

/** Lines of several kinds between the same two boxes lie beside each other. */
const SHIFT: Readonly<Record<AgentEdge['kind'], number>> = { call: -10, handoff: 4, next: 10 };
const BACK_SHIFT = 14;

function pictureOfOne(agent: AgentNode, direction: Direction): Picture {
  const models = agent.models.map((use) => ({ kind: 'model' as const, use }));
  const tools = agent.tools.map((use) => ({ kind: 'tool' as const, use }));
  const all = [...models, ...tools];
  const shown = all.length <= MOST_BOXES + 1 ? all : all.slice(0, MOST_BOXES);
  const rest = all.slice(shown.length);
  const width = useWidth(shown.map(({ use }) => use));
  const boxes: Box[] = [
    { id: 'agent', width: agentWidth([{ agent, listed: [] }]), height: AGENT_HEAD },
  ];
  shown.forEach((_, i) => boxes.push({ id: `use ${i}`, width, height: USE_HEIGHT }));
  if (rest.length > 0) boxes.push({ id: 'rest', width, height: USE_HEIGHT });
  const lines = boxes.slice(1).map(({ id }) => ({ from: 'agent', to: id }));
  const layout =
    direction === 'right' ? layeredLayout(boxes, lines, { ...GAPS, row: 12 }) : listLayout(boxes);
  const restUses = rest.map(({ use }) => use);
  return {
    direction: 'right',
    nodes: layout.boxes.flatMap((box): PictureNode[] => {
      if (box.id === 'agent') return [{ ...box, kind: 'agent', agent, listed: [], more: 0 }];
      if (box.id === 'rest')
        return [
          {
            ...box,
            kind: 'rest',
            label: `${rest.length.toLocaleString()} more`,
            calls: restUses.reduce((sum, { calls }) => sum + calls, 0),
            spanIds: restUses.flatMap(({ spanIds }) => spanIds),
            isActive: restUses.some(({ open }) => open > 0),
          },
        ];
      const content = shown[Number(box.id.slice('use '.length))];
      return content === undefined ? [] : [{ ...box, ...content }];
    }),
    edges: layout.lines.map(({ index, points }): PictureEdge => {
      const uses = index < shown.length ? [shown[index]?.use] : restUses;
      const sum = (pick: (use: Use) => number): number =>
        uses.reduce((total, use) => total + (use === undefined ? 0 : pick(use)), 0);
      return {
        key: `use ${index}`,
        kind: 'use',
        points,
        count: sum(({ calls }) => calls),
        errors: sum(({ errors }) => errors),
        isActive: sum(({ open }) => open) > 0,
      };
    }),
    width: layout.width,
    height: layout.height,
  };
}

/** A layout that goes down is one to the right with the axes exchanged. */
function layoutTowards(
  direction: Direction,
  boxes: readonly Box[],
  lines: readonly Line[],
  row: number,
): Layout {
  if (direction === 'right') return layeredLayout(boxes, lines, { ...GAPS, row });
  const turned = layeredLayout(boxes.map(exchanged), lines, { column: 64, row: 24 });
  return {
    boxes: turned.boxes.map((box) => ({ ...exchanged(box), x: box.y, y: box.x })),
    lines: turned.lines.map((line) => ({
      ...line,
      points: line.points.map(({ x, y }) => ({ x: y, y: x })),
    })),
    width: turned.height,
    height: turned.width,
  };
}

function exchanged<T extends Box>(box: T): T {
  return { ...box, width: box.height, height: box.width };
}

/** The first box, and the others as a list below it. */
function listLayout([head, ...items]: readonly Box[]): Layout {
  if (head === undefined) return { boxes: [], lines: [], width: 0, height: 0 };
  const boxes: PlacedBox[] = [{ ...head, x: 0, y: 0 }];
  let bottom = head.height;
  for (const item of items) {
    boxes.push({ ...item, x: 2 * LIST_INDENT, y: bottom + LIST_GAP });
    bottom += LIST_GAP + item.height;
  }
  const lines = boxes.slice(1).map(({ x, y, height }, index) => ({
    index,
    isBack: false,
    points: [
      { x: LIST_INDENT, y: head.height },
      { x: LIST_INDENT, y: y + height / 2 },
      { x, y: y + height / 2 },
    ],
  }));
  return {
    boxes,
    lines,
    width: Math.max(head.width, ...items.map(({ width }) => width + 2 * LIST_INDENT)),
    height: bottom,
  };
}
