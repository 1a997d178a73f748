import { useId, type ReactNode } from 'react';
import { edgePath, middleOfPath } from './edge-path.ts';
import type { Picture, PictureEdge } from './picture.ts';

const KINDS = ['call', 'handoff', 'next', 'use'] as const;

/** The lines between the boxes; how often is written on those that were gone more than once. */
export function GraphEdges({
  picture: { edges, width, height, direction },
}: {
  picture: Picture;
}): ReactNode {
  const id = useId();
  return (
    <svg className="graph-edges" width={width} height={height} aria-hidden>
      <defs>
        {KINDS.map((kind) => (
          <marker
            key={kind}
            id={`${id}${kind}`}
            className={`graph-arrow is-${kind}`}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            markerUnits="userSpaceOnUse"
            orient="auto-start-reverse"
          >
            <path d="M0 0.5L7.5 4L0 7.5z" />
          </marker>
        ))}
      </defs>
      {edges.map((edge) => (
        <path
          key={edge.key}
          className={`graph-edge is-${edge.kind}${edge.isActive ? ' is-active' : ''}`}
          d={edgePath(edge.points, direction)}
          markerEnd={`url(#${id}${edge.kind})`}
        />
      ))}
      {edges.map((edge) =>
        edge.count > 1 && edge.kind !== 'use' ? <Count key={edge.key} edge={edge} /> : null,
      )}
    </svg>
  );
}

function Count({ edge }: { edge: PictureEdge }): ReactNode {
  const { x, y } = middleOfPath(edge.points);
  return (
    <text className={`graph-count is-${edge.kind}`} x={x} y={y} dy="0.32em" textAnchor="middle">
      {edge.count}×
    </text>
  );
}
