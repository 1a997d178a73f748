import { totalTokens, type RunRow } from '@spantail/protocol';
import { ArrowLeft, Check, Copy } from 'lucide-react';
import { memo, useEffect, useMemo, type ReactNode } from 'react';
import { Link } from 'wouter';
import { formatCost, formatCount, formatDuration, formatTime } from '../format/quantities.ts';
import { useCopy } from '../payload/use-copy.ts';
import { visibleName } from '../payload/visible-text.ts';
import { askedOf } from '../runs/asked-of.ts';
import { RunStatusBadge } from '../runs/run-status.tsx';
import { shortId } from '../runs/short-id.ts';
import { SilenceNote } from '../runs/silence-note.tsx';
import type { Silence } from '../runs/silence.ts';
import { useSettledStatus } from '../runs/use-settled-status.ts';
import { useOutline } from '../tree/use-outline.ts';
import { CompareLink } from './compare-link.tsx';
import type { RunSource } from './run-source.ts';
import { extentOf, runStatus } from './run-state.ts';
import { useRunNowUs } from './use-run-now.ts';
import { WatchIndicator } from './watch-indicator.tsx';

/** What run this is and how it stands. */
export const RunHeader = memo(function RunHeader({
  source,
  row,
  silence,
}: {
  source: RunSource;
  row: RunRow | undefined;
  silence: Silence | undefined;
}): ReactNode {
  const { tree, traceId } = source;
  const { outline } = useOutline(source);
  const { root, startUs, endUs } = extentOf(tree, outline?.newestUs);
  // What was lost counts by itself, as in the list of runs.
  const errorCount = row?.errorCount ?? 0;
  // An open span among what came so far may have ended long ago.
  const isKnown = source.status !== 'catching-up';
  const nowUs = useRunNowUs(source, endUs === undefined);
  // Numbers and times in the user's language are slow to write.
  const started = useMemo(() => (startUs === undefined ? '' : formatTime(startUs)), [startUs]);
  const tokens = useMemo(() => (row === undefined ? '' : tokensTitle(row)), [row]);
  const name = root === undefined || root.name === '' ? 'Run' : visibleName(root.name);
  const agent = row?.agent === undefined ? undefined : visibleName(row.agent);
  const models = useMemo(() => (row?.models ?? []).map((model) => visibleName(model)), [row]);
  // As the list tells runs of one name apart; without a session by the trace id, which stands here.
  const session = row?.sessionId === undefined ? undefined : shortId(row);
  const tags = useMemo(
    () => (row?.tags ?? []).map((tag) => visibleName(tag, 80)).join(', '),
    [row],
  );
  const asked = useMemo(() => (row === undefined ? undefined : askedOf(row)), [row]);
  const settled = useSettledStatus(presentOf(source));
  const status = runStatus(source, settled, row);
  useEffect(() => {
    const before = document.title;
    document.title = `${session === undefined ? name : `${name} ${session}`} · Spantail`;
    return () => {
      document.title = before;
    };
  }, [name, session]);
  return (
    <header className="run-header" data-past={source.momentMs !== undefined}>
      <div className="run-title">
        <Link href="/" className="run-back" aria-label="All runs" title="All runs">
          <ArrowLeft size={16} aria-hidden />
        </Link>
        <h1 title={name}>{name}</h1>
        {session !== undefined && (
          <span
            className="run-session mono quiet"
            title={`Session ${visibleName(row?.sessionId ?? '')}`}
          >
            {session}
          </span>
        )}
        {status !== undefined && (
          <RunStatusBadge status={status} isPast={source.momentMs !== undefined} />
        )}
        <WatchIndicator source={source} />
        <SilenceNote silence={silence} />
        <span className="run-asked quiet" title={asked}>
          {asked}
        </span>
        <CompareLink traceId={traceId} agent={row?.agent} startUs={row?.startUs} />
        <CopyTraceId traceId={traceId} />
      </div>
      <dl className="run-facts">
        {agent !== undefined && agent !== name && <Fact label="Agent">{agent}</Fact>}
        {tags !== '' && (
          <Fact label="Tags" title={tags}>
            {tags}
          </Fact>
        )}
        {row?.service !== undefined && <Fact label="Service">{visibleName(row.service)}</Fact>}
        {startUs !== undefined && <Fact label="Started">{started}</Fact>}
        {startUs !== undefined && (
          <Fact label="Duration">
            {isKnown || endUs !== undefined ? formatDuration((endUs ?? nowUs) - startUs) : '…'}
          </Fact>
        )}
        <Fact label="Spans">
          {formatCount(tree?.spanCount ?? 0)}
          {isKnown && (tree?.openCount ?? 0) > 0 && (
            <span className="run-open"> {formatCount(tree?.openCount ?? 0)} open</span>
          )}
        </Fact>
        {errorCount > 0 && (
          <Fact label="Errors" tone="error">
            {formatCount(errorCount)}
          </Fact>
        )}
        {(row?.lostCount ?? 0) > 0 && (
          <Fact label="Lost" tone="lost">
            {formatCount(row?.lostCount ?? 0)}
          </Fact>
        )}
        {row !== undefined && totalTokens(row) !== undefined && (
          <Fact label="Tokens" title={tokens}>
            {formatCount(totalTokens(row) ?? 0)}
          </Fact>
        )}
        {row?.costUsd !== undefined && <Fact label="Cost">{formatCost(row.costUsd)}</Fact>}
        {models.length > 0 && (
          <Fact label="Models" title={models.join(', ')}>
            {models.slice(0, 2).join(', ')}
            {models.length > 2 && ` +${models.length - 2}`}
          </Fact>
        )}
      </dl>
    </header>
  );
});

/** Of a moment of its past, the watched run's own status is not known. */
function presentOf({
  traceId,
  status,
  momentMs,
}: RunSource): Pick<RunSource, 'traceId' | 'status'> {
  return { traceId, status: momentMs === undefined ? status : 'catching-up' };
}

function Fact({
  label,
  tone = 'plain',
  title,
  children,
}: {
  label: string;
  tone?: 'plain' | 'error' | 'lost';
  title?: string;
  children: ReactNode;
}): ReactNode {
  return (
    <div className="run-fact" data-tone={tone} title={title}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function tokensTitle({ inputTokens, outputTokens, cachedInputTokens }: RunRow): string {
  const parts = [
    `${(inputTokens ?? 0).toLocaleString()} in`,
    `${(outputTokens ?? 0).toLocaleString()} out`,
  ];
  if (cachedInputTokens !== undefined)
    parts.push(`${cachedInputTokens.toLocaleString()} of the input from the cache`);
  return parts.join(', ');
}

function CopyTraceId({ traceId }: { traceId: string }): ReactNode {
  const { state, copy } = useCopy();
  const label = {
    idle: `Copy the trace id ${traceId.slice(0, 8)}`,
    copied: 'copied',
    failed: 'The browser refused',
  }[state];
  return (
    <button
      type="button"
      className="run-trace-id mono"
      title={state === 'failed' ? label : `Copy the trace id ${traceId}`}
      aria-label={label}
      onClick={() => copy(traceId)}
    >
      {state === 'copied' ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      {state === 'copied' ? label : traceId.slice(0, 8)}
    </button>
  );
}
