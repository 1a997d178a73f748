import { useClient } from '@spantail/client/react';
import { QUERY_LIMITS, writeMoment, type TraceId } from '@spantail/protocol';
import { GitCompare } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { visibleName } from '../payload/visible-text.ts';

/** To this run beside the one of the same agent before it, when there was one. */
export function CompareLink({
  traceId,
  agent,
  startUs,
}: {
  traceId: TraceId;
  agent: string | undefined;
  /** By the record, as that of the others. */
  startUs: number | undefined;
}): ReactNode {
  const { query } = useClient();
  const [previous, setPrevious] = useState<TraceId>();
  useEffect(() => {
    setPrevious(undefined);
    if (agent === undefined || startUs === undefined) return undefined;
    // As it is: an agent may be called "<x>" or "a*".
    const named = `"${agent.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
    if (named.length > QUERY_LIMITS.characters) return undefined;
    const leaving = new AbortController();
    const ask = async (): Promise<void> => {
      const start = `<${writeMoment(startUs)}`;
      const { rows } = await query.runs({ agent: named, start, limit: 1, signal: leaving.signal });
      setPrevious(rows[0]?.traceId);
    };
    // Without a record there is nothing to compare with, and no link.
    ask().catch(() => {});
    return () => leaving.abort();
  }, [query, traceId, agent, startUs]);
  if (previous === undefined) return null;
  return (
    <Link
      className="run-compare"
      href={`/compare/${previous}/${traceId}`}
      title={`Compare with the run of ${visibleName(agent ?? 'this agent')} before this one`}
    >
      <GitCompare size={14} aria-hidden />
      Compare with previous
    </Link>
  );
}
