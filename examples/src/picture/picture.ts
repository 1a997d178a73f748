/**
 * Draws the README's picture: a recorded run growing, as `spantail watch` shows it.
 *
 *   npm run picture      writes docs/images/watch.svg
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunTree, type TraceEvent } from '@spantail/protocol';
import { COLOURED, loadRuns, play, renderRun } from 'spantail';
import { RUNS } from '../demo-runs.ts';
import { drawSvg } from './draw-svg.ts';
import { readScreen } from './screen.ts';

const RUN = join(RUNS, 'claude-code/sub-agent.jsonl.gz');
const TRACE_ID = '7f8a61b8d3a04dbc9c55d9c4ff1e7f50';
/** Seconds of the run at which it is looked at: the sub-agent's start and end are in between. */
const MOMENTS = [4, 8, 16, 24, 35, 38, 42, 46, 50, 55, 62, 68, 73];
const COLUMNS = 104;
const ROWS = 24;
const OUT = join(import.meta.dirname, '../../../docs/images/watch.svg');

const [loaded] = await loadRuns([RUN]);
if (loaded === undefined) throw new Error(`no run in ${RUN}`);
const events: TraceEvent[] = [];
const nowMs = 1_764_000_000_000;
await play(
  loaded.run,
  {
    publish: (_traceId, event) => events.push(event),
    payload: (_traceId, value) => {
      const list = Array.isArray(value);
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return {
        mediaType: typeof value === 'string' ? 'text/plain' : 'application/json',
        bytes: Buffer.byteLength(text),
        preview: text.slice(0, 200),
        parts: list ? value.map((part) => JSON.stringify(part)) : [text],
        ...(list ? { list: true as const } : {}),
      };
    },
    flush: () => Promise.resolve(),
  },
  { speed: 'max', traceId: TRACE_ID, now: () => nowMs },
);

const tree = new RunTree(TRACE_ID);
let next = 0;
let seenUs = 0;
const startUs = events[0]?.type === 'open' ? events[0].startUs : 0;
const screens = MOMENTS.map((second) => {
  const untilUs = startUs + second * 1_000_000;
  for (let event = events[next]; event !== undefined; event = events[++next]) {
    if (event.type === 'open') seenUs = Math.max(seenUs, event.startUs);
    if (event.type === 'close') seenUs = Math.max(seenUs, event.endUs);
    if (seenUs > untilUs) break;
    tree.apply(event);
  }
  const frame = renderRun(tree, {
    nowUs: untilUs,
    columns: COLUMNS,
    rows: ROWS,
    style: COLOURED,
    status: 'live',
  });
  return readScreen(frame);
});
const title = 'spantail watch --latest';
const svg = drawSvg(screens, { columns: COLUMNS, rows: ROWS, frameMs: 1_100, title });
writeFileSync(OUT, svg);
console.log(`${screens.length} frames, ${Buffer.byteLength(svg)} bytes`);
