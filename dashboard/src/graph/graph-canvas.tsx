import { Maximize, Minus, Plus } from 'lucide-react';
import { useMemo, useRef, type KeyboardEvent, type ReactNode } from 'react';
import type { SpanId } from '@spantail/protocol';
import { directionIn } from './direction.ts';
import { GraphEdges } from './graph-edges.tsx';
import { GraphNode } from './graph-node.tsx';
import type { AgentGraph } from './agent-graph.ts';
import { pictureOf } from './picture.ts';
import { useFrameSize } from './use-frame-size.ts';
import { usePanZoom, type PanZoom } from './use-pan-zoom.ts';

const ZOOM_STEP = 1.25;
const PAN_PX = 48;

/** The picture: drag to move it, the wheel zooms, and the keys do both. */
export function GraphCanvas({
  graph,
  selectedId,
  onChoose,
}: {
  graph: AgentGraph;
  selectedId: SpanId | undefined;
  onChoose: (spanIds: readonly SpanId[]) => void;
}): ReactNode {
  const frame = useRef<HTMLDivElement>(null);
  const size = useFrameSize(frame);
  const direction = directionIn(size);
  const picture = useMemo(() => pictureOf(graph, direction), [graph, direction]);
  const panZoom = usePanZoom(frame, size, picture.width, picture.height);
  const { x, y, scale } = panZoom.view;
  const onKeyDown = (event: KeyboardEvent): void => {
    const act = event.target === event.currentTarget ? KEYS[event.key] : undefined;
    if (act === undefined) return;
    event.preventDefault();
    act(panZoom);
  };
  return (
    <div
      ref={frame}
      className="graph-frame"
      role="group"
      tabIndex={0}
      aria-label="Picture of the agents. Arrow keys move it, plus and minus zoom, 0 fits it."
      onKeyDown={onKeyDown}
    >
      <div
        className="graph-picture"
        style={{
          width: picture.width,
          height: picture.height,
          transform: `translate(${x}px, ${y}px) scale(${scale})`,
        }}
      >
        <GraphEdges picture={picture} />
        {picture.nodes.map((node) => (
          <GraphNode key={node.id} node={node} selectedId={selectedId} onChoose={onChoose} />
        ))}
      </div>
      <div className="graph-zoom">
        <button
          type="button"
          className="icon-button"
          aria-label="Zoom in"
          title="Zoom in (+)"
          onClick={() => panZoom.zoomBy(ZOOM_STEP)}
        >
          <Plus size={16} aria-hidden />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label="Zoom out"
          title="Zoom out (−)"
          onClick={() => panZoom.zoomBy(1 / ZOOM_STEP)}
        >
          <Minus size={16} aria-hidden />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label="Fit"
          title="Fit (0)"
          disabled={!panZoom.isMoved}
          onClick={panZoom.fit}
        >
          <Maximize size={16} aria-hidden />
        </button>
      </div>
    </div>
  );
}

const KEYS: Readonly<Record<string, (panZoom: PanZoom) => void>> = {
  '+': ({ zoomBy }) => zoomBy(ZOOM_STEP),
  '=': ({ zoomBy }) => zoomBy(ZOOM_STEP),
  '-': ({ zoomBy }) => zoomBy(1 / ZOOM_STEP),
  '0': ({ fit }) => fit(),
  ArrowLeft: ({ panBy }) => panBy(PAN_PX, 0),
  ArrowRight: ({ panBy }) => panBy(-PAN_PX, 0),
  ArrowUp: ({ panBy }) => panBy(0, PAN_PX),
  ArrowDown: ({ panBy }) => panBy(0, -PAN_PX),
};
