import type { ReactNode } from 'react';
import { formatTime } from '../format/quantities.ts';
import { formatRoughly } from '../format/relative-time.ts';
import type { Silence } from './silence.ts';
import './silence-note.css';

/** That a run is silent, and for how long; nothing of one that is not. */
export function SilenceNote({ silence }: { silence: Silence | undefined }): ReactNode {
  if (silence === undefined) return null;
  const { us, sinceUs, tone } = silence;
  return (
    <span
      className="silence"
      data-tone={tone}
      title={`Nothing has come of it since ${formatTime(sinceUs)}`}
    >
      silent for {formatRoughly(us)}
    </span>
  );
}
