import { useRun, type RunView } from '@spantail/client/react';
import { isTraceId } from '@spantail/protocol';
import { ArrowLeft, ArrowLeftRight, ChevronDown, ChevronUp, Split } from 'lucide-react';
import { useEffect, type ReactNode } from 'react';
import { Link, useLocation, useSearchParams } from 'wouter';
import { RunNotices } from '../run/run-notices.tsx';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';
import type { Difference } from './align-runs.ts';
import { PairDetail } from './pair-detail.tsx';
import { indexOfKey, pairKey } from './pair-key.ts';
import { PairList } from './pair-list.tsx';
import { CompareSummary } from './summary.tsx';
import { useComparison, type Comparison } from './use-comparison.ts';
import { useRunTimeUs } from './use-run-time.ts';
import './compare.css';

/** Two runs of an agent side by side: where their paths part, and what each step cost. */
export default function ComparePage({ left, right }: { left: string; right: string }): ReactNode {
  if (!isTraceId(left) || !isTraceId(right))
    return (
      <p className="pad" role="alert">
        An address of two runs is <code>/compare/TRACE_ID/TRACE_ID</code>.{' '}
        <Link href="/">All runs</Link>
      </p>
    );
  return <Compare key={`${left} ${right}`} left={left} right={right} />;
}

function Compare({ left, right }: { left: string; right: string }): ReactNode {
  const leftView = useRun(left);
  const rightView = useRun(right);
  const comparison = useComparison(leftView, rightView);
  if (comparison === undefined) return <NotYet views={[leftView, rightView]} />;
  return <Compared comparison={comparison} leftView={leftView} rightView={rightView} />;
}

function NotYet({ views }: { views: RunView[] }): ReactNode {
  const failed = views.find(({ error }) => error !== undefined);
  const empty = views.find(
    ({ tree, status }) => tree?.spanCount === 0 && (status === 'live' || status === 'ended'),
  );
  if (failed === undefined && empty === undefined)
    return (
      <p className="quiet pad" role="status">
        Reading both runs…
      </p>
    );
  return (
    <section className="pad" role="alert">
      <h1>These runs cannot be compared</h1>
      <p className="quiet">
        {failed?.error?.message ?? `Nothing is known of the run ${empty?.traceId}.`}
      </p>
      <Link href="/">All runs</Link>
    </section>
  );
}

function Compared({
  comparison,
  leftView,
  rightView,
}: {
  comparison: Comparison;
  leftView: RunView;
  rightView: RunView;
}): ReactNode {
  const [search, setSearch] = useSearchParams();
  const [, navigate] = useLocation();
  const { left, right, pairs, divergence } = comparison;
  const leftNowUs = useRunTimeUs(leftView);
  const rightNowUs = useRunTimeUs(rightView);
  const selectedKey = search.get('pair') ?? undefined;
  const onlyDifferent = search.get('only') === 'differences';
  const shown = onlyDifferent ? pairs.filter(isDifferent) : pairs;
  const selected = pairs[indexOfKey(pairs, selectedKey)];
  const put = (name: string, value: string | undefined): void =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === undefined) next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  const select = (key: string | undefined): void => put('pair', key);
  const at = indexOfKey(shown, selectedKey);
  const go =
    (step: 1 | -1, wanted: (pair: { differences: readonly Difference[] }) => boolean) => () => {
      for (
        let i = at === -1 && step === -1 ? shown.length - 1 : at + step;
        i >= 0 && i < shown.length;
        i += step
      ) {
        const pair = shown[i];
        if (pair === undefined || !wanted(pair)) continue;
        select(pairKey(pair));
        return;
      }
    };
  const toDivergence = (): void => select(divergence && pairKey(divergence));
  const group = 'Compare';
  useShortcuts([
    { keys: ['j', 'ArrowDown'], label: 'Next step', group, run: go(1, () => true) },
    { keys: ['k', 'ArrowUp'], label: 'Previous step', group, run: go(-1, () => true) },
    { keys: ['n'], label: 'Next difference', group, run: go(1, isDifferent) },
    { keys: ['N'], label: 'Previous difference', group, run: go(-1, isDifferent) },
    { keys: ['g'], label: 'Where the paths part', group, run: toDivergence },
    { keys: ['Escape'], label: 'Close the step', group, run: () => select(undefined) },
  ]);
  useEffect(() => {
    document.title = `${left.summary.run.name} ⇄ ${right.summary.run.name} · Spantail`;
    return () => {
      document.title = 'Spantail';
    };
  }, [left.summary.run.name, right.summary.run.name]);
  const differing = pairs.filter(isDifferent).length;
  return (
    <div className="compare">
      <h1 className="visually-hidden">Two runs compared</h1>
      <CompareSummary
        left={left.summary}
        right={right.summary}
        leftNowUs={leftNowUs}
        rightNowUs={rightNowUs}
      />
      <RunNotices view={leftView} side={<span className="compare-letter">A</span>} />
      <RunNotices view={rightView} side={<span className="compare-letter">B</span>} />
      <div className="compare-bar">
        <Link href="/" className="compare-back" aria-label="All runs" title="All runs">
          <ArrowLeft size={16} aria-hidden />
        </Link>
        {divergence === undefined ? (
          <span className="compare-same">Both take the same path</span>
        ) : (
          <button
            type="button"
            className="compare-jump"
            title="Where the paths part (g)"
            onClick={toDivergence}
          >
            <Split size={15} aria-hidden /> The paths part here
          </button>
        )}
        <span className="quiet" role="status">
          {pairs.length} steps, {differing} on another path
        </span>
        <span className="grow" />
        <button
          type="button"
          className="icon-button"
          aria-label="Previous difference"
          title="Previous difference (Shift n)"
          onClick={go(-1, isDifferent)}
        >
          <ChevronUp size={16} aria-hidden />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label="Next difference"
          title="Next difference (n)"
          onClick={go(1, isDifferent)}
        >
          <ChevronDown size={16} aria-hidden />
        </button>
        <button
          type="button"
          aria-pressed={onlyDifferent}
          onClick={() => put('only', onlyDifferent ? undefined : 'differences')}
        >
          Only differences
        </button>
        <button
          type="button"
          className="compare-swap"
          title="Change sides"
          onClick={() => navigate(`/compare/${rightView.traceId}/${leftView.traceId}`)}
        >
          <ArrowLeftRight size={15} aria-hidden /> <span>Swap</span>
        </button>
      </div>
      <div className="compare-heading" aria-hidden>
        <span>
          <span className="compare-letter">A</span> {left.summary.run.name}
        </span>
        <span className="pair-deltas quiet">
          <span>time</span>
          <span>tokens</span>
          <span>cost</span>
          <span>content</span>
        </span>
        <span>
          <span className="compare-letter">B</span> {right.summary.run.name}
        </span>
      </div>
      {shown.length === 0 ? (
        <p className="quiet pad" role="status">
          There is no step that only one of them took, or that came out otherwise.
        </p>
      ) : (
        <PairList
          pairs={shown}
          leftTotals={left.totals}
          rightTotals={right.totals}
          leftNowUs={leftNowUs}
          rightNowUs={rightNowUs}
          selected={selectedKey}
          firstDivergence={divergence && pairKey(divergence)}
          onSelect={select}
        />
      )}
      {selected !== undefined && (
        <PairDetail
          key={selectedKey}
          pair={selected}
          leftView={leftView}
          rightView={rightView}
          onClose={() => select(undefined)}
        />
      )}
    </div>
  );
}

/** Contents nearly always differ; the path is what one looks for. */
function isDifferent({ differences }: { differences: readonly Difference[] }): boolean {
  return differences.some((one) => one === 'path' || one === 'status' || one === 'name');
}
