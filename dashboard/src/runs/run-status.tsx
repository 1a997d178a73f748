import type { RunStatus } from '@spantail/protocol';
import { Check, CircleAlert, Unplug } from 'lucide-react';
import type { ReactNode } from 'react';
import './run-status.css';

const LABELS: Readonly<Record<RunStatus, string>> = {
  running: 'Running',
  ok: 'Done',
  error: 'Failed',
  lost: 'Lost',
};

const ICONS = { ok: Check, error: CircleAlert, lost: Unplug } as const;

/** How a run stands, in words, shape and colour. */
export function RunStatusBadge({
  status,
  isPast = false,
}: {
  status: RunStatus;
  /** Of a moment of the past: it may be over by now. */
  isPast?: boolean;
}): ReactNode {
  const Icon = status === 'running' ? undefined : ICONS[status];
  return (
    <span className="run-status" data-status={status} data-past={isPast}>
      {Icon === undefined ? (
        <span className="run-status-pulse" aria-hidden />
      ) : (
        <Icon size={14} aria-hidden />
      )}
      {isPast && status === 'running' ? 'Was running' : LABELS[status]}
    </span>
  );
}
