import { totalTokens, type RunRow, type TraceId } from '@spantail/protocol';
import { useRun, type RunView } from '@spantail/client/react';
import { X } from 'lucide-react';
import { useEffect, useMemo, useRef, type ReactNode } from 'react';
import { Link } from 'wouter';
import { formatCost, formatCount, formatDuration, formatTime } from '../format/quantities.ts';
import { formatAgo, formatElapsed } from '../format/relative-time.ts';
import { useLogNowUs } from '../format/use-log-now.ts';
import { useWallClockUs } from '../format/use-wall-clock.ts';
import { visibleName } from '../payload/visible-text.ts';
import { usePaced } from '../run/use-paced.ts';
import { RunStatusBadge } from '../runs/run-status.tsx';
import { shortId } from '../runs/short-id.ts';
import { SilenceNote } from '../runs/silence-note.tsx';
import { silenceOf, type Silence } from '../runs/silence.ts';
import { useSettledStatus } from '../runs/use-settled-status.ts';
import { Strip } from './strip.tsx';
import { tileFacts, type TileFacts } from './tile-facts.ts';
import { TileTrouble } from './tile-trouble.tsx';

/** A tile is read from afar: twice a second is live. Of many, nobody sees more than once a second. */
const PACE_MS = 500;
const CROWDED_PACE_MS = 1_000;
/** A big run takes long to walk. */
const BIG_PACE_MS = 2_500;
const BIG_SPANS = 5_000;

export interface TileProps {
  traceId: TraceId;
  /** What the record says of it, until its tree is there. */
  row: RunRow | undefined;
  isDense: boolean;
  /** It is one of many. */
  isCrowded: boolean;
  /** It no longer matches and goes soon. */
  isLeaving: boolean;
  onFacts: (run: RunRow, isSilent: boolean) => void;
  /** Only of a run that was put on the board by name. */
  onRemove: (() => void) | undefined;
}

/** One run, live. */
export function Tile({
  traceId,
  row,
  isDense,
  isCrowded,
  isLeaving,
  onFacts,
  onRemove,
}: TileProps): ReactNode {
  const view = useRun(traceId);
  const isBig = (view.tree?.spanCount ?? 0) > BIG_SPANS;
  const paced = usePaced(view, isBig ? BIG_PACE_MS : isCrowded ? CROWDED_PACE_MS : PACE_MS);
  const facts = useFacts(paced.traceId === traceId ? paced : view);
  const run = facts?.run;
  const isLive = view.status === 'live';
  const nowUs = useWallClockUs(1_000, run === undefined || run.status === 'running');
  const logNowUs = useLogNowUs(run?.lastActivityUs, nowUs, isLive);
  // Of what the gateway does not send nobody knows whether it is there.
  const silence = run === undefined || !isLive ? undefined : silenceOf(run, logNowUs);
  const isSilent = silence !== undefined && silence.tone !== 'short';
  const told = useRef(onFacts);
  told.current = onFacts;
  useEffect(() => {
    if (run !== undefined) told.current(run, isSilent);
  }, [run, isSilent]);
  return (
    <article
      className="tile"
      data-id={traceId}
      data-status={(run ?? row)?.status ?? 'waiting'}
      data-silent={isSilent}
      data-leaving={isLeaving}
      data-dense={isDense}
    >
      {facts === undefined ? (
        <EmptyTile traceId={traceId} name={row?.name} view={view} />
      ) : (
        <TileBody
          {...{ facts, isDense, nowUs, logNowUs, silence }}
          trouble={<TileTrouble view={view} />}
        />
      )}
      {onRemove !== undefined && (
        <button
          type="button"
          className="tile-remove icon-button"
          aria-label={`Take ${run?.name ?? traceId} off the board`}
          onClick={onRemove}
        >
          <X size={14} aria-hidden />
        </button>
      )}
    </article>
  );
}

function useFacts(view: RunView): TileFacts | undefined {
  const { tree, version, lastActivityMs } = view;
  const status = useSettledStatus(view);
  return useMemo(() => {
    if (tree === undefined || tree.spanCount === 0 || status === undefined) return undefined;
    return tileFacts(tree, status, (lastActivityMs ?? 0) * 1_000);
  }, [tree, version, status, lastActivityMs]);
}

function EmptyTile({
  traceId,
  name,
  view,
}: {
  traceId: TraceId;
  name: string | undefined;
  view: RunView;
}): ReactNode {
  const failed = view.error !== undefined;
  return (
    <Link href={`/runs/${traceId}`} className="tile-body tile-empty">
      <span className="tile-name">{visibleName(name ?? traceId.slice(0, 8))}</span>
      <span className="quiet" role={failed ? 'alert' : undefined}>
        {view.error?.message ??
          (view.status === 'connecting' || view.status === 'catching-up'
            ? 'Reading the run…'
            : 'Waiting for its first event')}
      </span>
    </Link>
  );
}

function TileBody({
  facts,
  isDense,
  nowUs,
  logNowUs,
  silence,
  trouble,
}: {
  facts: TileFacts;
  isDense: boolean;
  nowUs: number;
  /** By the log's clock. */
  logNowUs: number;
  silence: Silence | undefined;
  trouble: ReactNode;
}): ReactNode {
  const { run, path, failure, snippet, strip } = facts;
  const isRunning = run.status === 'running';
  const name = run.name === '' ? 'unnamed run' : run.name;
  const tokens = totalTokens(run);
  return (
    <Link href={`/runs/${run.traceId}`} className="tile-body">
      <header className="tile-head">
        <span className="tile-name" title={name}>
          {name} {!isDense && <span className="quiet mono">{shortId(run)}</span>}
        </span>
        <span className="tile-time">
          {isRunning ? formatElapsed(nowUs - run.startUs) : formatDuration(run.durationUs ?? 0)}
        </span>
      </header>
      <div className="tile-line">
        <RunStatusBadge status={run.status} />
        {trouble}
        <span className="quiet tile-agent">
          {isDense
            ? shortId(run)
            : run.agent !== name
              ? (run.agent ?? run.models[0])
              : run.models[0]}
        </span>
        {silence === undefined ? (
          <span className="quiet">{formatAgo(run.lastActivityUs, logNowUs)}</span>
        ) : (
          <SilenceNote silence={silence} />
        )}
      </div>
      {isRunning ? (
        <Path path={path} />
      ) : run.status === 'ok' || failure === undefined ? (
        <div className="tile-path quiet">Ended {formatTime(run.endUs ?? run.lastActivityUs)}</div>
      ) : (
        <div className="tile-path tile-failure" title={failure}>
          {failure}
        </div>
      )}
      <Strip spans={strip} nowUs={isRunning ? nowUs : (run.endUs ?? nowUs)} />
      {!isDense && (
        <p className="tile-snippet" data-streaming={snippet?.isStreaming === true}>
          {snippet?.text ?? (
            <span className="quiet">
              {isRunning ? 'No model has said anything yet.' : 'No model output.'}
            </span>
          )}
        </p>
      )}
      <footer className="tile-numbers">
        {!isDense && <Number value={formatCount(run.spanCount)} unit="spans" />}
        <Number
          value={formatCount(run.errorCount)}
          unit={run.errorCount === 1 ? 'error' : 'errors'}
          isBad={run.errorCount > 0}
        />
        <Number value={tokens === undefined ? '–' : formatCount(tokens)} unit="tokens" />
        {run.costUsd !== undefined && <Number value={formatCost(run.costUsd)} unit="" />}
      </footer>
    </Link>
  );
}

function Path({ path }: { path: TileFacts['path'] }): ReactNode {
  const last = path.at(-1);
  const inner = path.slice(1, -1);
  return (
    <div className="tile-path">
      {last !== undefined && path.length > 1 && (
        <>
          {inner.length > 0 && (
            <span className="quiet tile-path-outer">
              {inner.map(({ name }) => name).join(' › ')} ›
            </span>
          )}
          <b data-type={last.spanType}>{last.name}</b>
        </>
      )}
    </div>
  );
}

function Number({
  value,
  unit,
  isBad = false,
}: {
  value: string;
  unit: string;
  isBad?: boolean;
}): ReactNode {
  return (
    <span data-bad={isBad}>
      <b>{value}</b> <span className="quiet">{unit}</span>
    </span>
  );
}
