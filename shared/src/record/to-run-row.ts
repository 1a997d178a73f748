import type { TimeUs } from '../event/event.ts';
import type { RunTree } from '../tree/run-tree.ts';
import type { SpanNode } from '../tree/span-node.ts';
import type { RunRow, RunStatus } from './run-row.ts';
import { RunSurvey } from './run-survey.ts';
import { factsOf } from './span-facts.ts';
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

/** A run as it is kept and listed. */
export function toRunRow(tree: RunTree, activity: RunActivity, facts: FactsOf = factsOf): RunRow {
  const survey = new RunSurvey(facts);
  for (const { span, depth } of tree.walk()) survey.visit(span, depth);
  return surveyedRow(tree, survey, activity, facts);
}

/** The same of a tree that was looked through. */
export function surveyedRow(
  tree: RunTree,
  seen: RunSurvey,
  activity: RunActivity,
  facts: FactsOf = factsOf,
): RunRow {
  const { ended, firstActivityUs, lastActivityUs, eventCount } = activity;
  const root = rootOf(tree);
  const startUs = root?.startUs ?? seen.startUs ?? firstActivityUs;
  const endUs = ended ? Math.max(startUs, seen.endUs ?? lastActivityUs) : undefined;
  const service = root === undefined ? undefined : facts(root).service;
  const { agent, sessionId, userId } = root === undefined ? {} : inheritedOf(tree, root, facts);
  return {
    traceId: tree.traceId,
    name: root?.name ?? '',
    ...optional({ service: service ?? seen.service, agent, inputPreview: root?.input?.preview }),
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
    ...seen.usage(),
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

/** Without those that are not there. */
function optional<T extends Record<string, string | undefined>>(
  fields: T,
): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: string;
  };
}
