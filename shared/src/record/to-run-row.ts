import type { TimeUs } from '../event/event.ts';
import type { RunTree } from '../tree/run-tree.ts';
import type { SpanNode } from '../tree/span-node.ts';
import type { RunRow, RunStatus } from './run-row.ts';
import { factsOf } from './span-facts.ts';
import { sumUsage } from './sum-usage.ts';
import { inheritedOf, type FactsOf } from './to-span-row.ts';

/** What the log knows of a run, and its tree does not. */
export interface RunActivity {
  /** The log's newest entry marks the end. */
  ended: boolean;
  /** When the log was first and last written for it. */
  firstActivityUs: TimeUs;
  lastActivityUs: TimeUs;
  /** Events in the log. */
  eventCount: number;
}

/** Different tags or models of one run that are kept. */
const MOST_NAMES = 100;

/** A run as it is kept and listed. */
export function toRunRow(tree: RunTree, activity: RunActivity, facts: FactsOf = factsOf): RunRow {
  const { ended, firstActivityUs, lastActivityUs, eventCount } = activity;
  const root = rootOf(tree);
  const seen = surveyOf(tree, facts);
  const startUs = root?.startUs ?? seen.startUs ?? firstActivityUs;
  const endUs = ended ? Math.max(startUs, seen.endUs ?? lastActivityUs) : undefined;
  const service = root === undefined ? undefined : facts(root).service;
  const { agent, sessionId, userId } = root === undefined ? {} : inheritedOf(tree, root, facts);
  return {
    traceId: tree.traceId,
    name: root?.name ?? '',
    ...optional({ service: service ?? seen.service, agent }),
    status: ended ? endStatus(seen.lostCount, root) : 'running',
    startUs,
    ...(endUs === undefined ? {} : { endUs, durationUs: endUs - startUs }),
    lastActivityUs,
    ...optional({ currentStep: seen.current?.name }),
    spanCount: tree.spanCount,
    openCount: tree.openCount,
    errorCount: seen.errorCount,
    lostCount: seen.lostCount,
    eventCount,
    models: [...seen.models],
    ...optional({ sessionId: sessionId ?? seen.sessionId, userId: userId ?? seen.userId }),
    tags: [...seen.tags],
    dropped: { ...tree.dropped },
    ...sumUsage(tree, facts),
  };
}

/** The run is named after this span: the earliest without a parent, else the earliest orphan. */
export function rootOf(tree: RunTree): SpanNode | undefined {
  const { roots } = tree;
  const known = roots.filter(({ startUs }) => startUs !== undefined);
  return known.find(({ parentSpanId }) => parentSpanId === undefined) ?? known[0] ?? roots[0];
}

function endStatus(lostCount: number, root: SpanNode | undefined): RunStatus {
  if (lostCount > 0) return 'lost';
  return root?.status === 'error' ? 'error' : 'ok';
}

interface Survey {
  startUs: TimeUs | undefined;
  endUs: TimeUs | undefined;
  /** The open span that opened last. */
  current: SpanNode | undefined;
  errorCount: number;
  lostCount: number;
  models: Set<string>;
  tags: Set<string>;
  service: string | undefined;
  sessionId: string | undefined;
  userId: string | undefined;
}

function surveyOf(tree: RunTree, facts: FactsOf): Survey {
  const seen: Survey = {
    startUs: undefined,
    endUs: undefined,
    current: undefined,
    errorCount: 0,
    lostCount: 0,
    models: new Set(),
    tags: new Set(),
    service: undefined,
    sessionId: undefined,
    userId: undefined,
  };
  for (const { span } of tree.walk()) {
    const { state, startUs, endUs } = span;
    if (startUs !== undefined) seen.startUs = Math.min(seen.startUs ?? startUs, startUs);
    if (endUs !== undefined) seen.endUs = Math.max(seen.endUs ?? endUs, endUs);
    if (state === 'lost') seen.lostCount++;
    else if (state === 'closed' && span.status === 'error') seen.errorCount++;
    else if (state === 'open' && (startUs ?? 0) >= (seen.current?.startUs ?? 0))
      seen.current = span;
    const own = facts(span);
    if (own.model !== undefined && seen.models.size < MOST_NAMES) seen.models.add(own.model);
    for (const tag of own.tags) if (seen.tags.size < MOST_NAMES) seen.tags.add(tag);
    seen.service ??= own.service;
    seen.sessionId ??= own.sessionId;
    seen.userId ??= own.userId;
  }
  return seen;
}

/** Without those that are not there. */
function optional<T extends Record<string, string | undefined>>(
  fields: T,
): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: string;
  };
}
