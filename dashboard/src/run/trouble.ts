import type { RunView } from '@spantail/client/react';

/** Something that keeps what is shown of a run from being all of it, or the newest. */
export interface Trouble {
  /** `error`: it stays as it is. */
  tone: 'error' | 'warning';
  /** For where there is no room to say more. */
  short: string;
  text: string;
}

/** The worst first. Of a run of which nothing is shown there is nothing to doubt. */
export function troubleOf({
  error,
  hasGap,
  invalidCount,
  status,
  tree,
}: Pick<RunView, 'error' | 'hasGap' | 'invalidCount' | 'status' | 'tree'>): Trouble[] {
  const troubles: Trouble[] = [];
  const warn = (short: string, text: string): void => {
    troubles.push({ tone: 'warning', short, text });
  };
  if (status === 'failed' && (tree?.spanCount ?? 0) > 0)
    troubles.push({
      tone: 'error',
      short: 'no longer watched',
      text: `This run is no longer watched: ${error?.message ?? 'the gateway refused'}. What is shown is as it was then.`,
    });
  if (hasGap)
    warn(
      'incomplete',
      'Something between the events is gone for good: spans or output may be missing here.',
    );
  if (invalidCount > 0) {
    const [what, are] =
      invalidCount === 1 ? ['One event', 'is'] : [`${invalidCount.toLocaleString()} events`, 'are'];
    warn('incomplete', `${what} could not be read and ${are} left out.`);
  }
  const dropped = [
    [tree?.dropped?.events ?? 0, 'events'] as const,
    [tree?.dropped?.updates ?? 0, 'updates'] as const,
    [tree?.dropped?.payloads ?? 0, 'inputs or outputs'] as const,
  ].filter(([count]) => count > 0);
  if (dropped.length > 0) {
    const all = dropped.map(([count, what]) => `${count.toLocaleString()} ${what}`).join(', ');
    warn('incomplete', `The agent had to leave things out to keep up: ${all}.`);
  }
  if (status === 'stalled')
    warn(
      'may be behind',
      'The gateway cannot reach its log just now. What is shown may be behind; it goes on by itself.',
    );
  return troubles;
}
