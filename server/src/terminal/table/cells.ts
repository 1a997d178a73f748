import type { RunStatus, SpanQueryStatus } from '@spantail/protocol';
import type { Style } from '../style.ts';
import { formatCount, formatDuration } from '../text.ts';

/** `$0.0012`, `$0.05`, `$12.30`; nothing where it is not known. */
export function formatMoney(usd: number | undefined): string {
  if (usd === undefined) return '';
  if (usd === 0 || usd >= 0.1) return `$${usd.toFixed(2)}`;
  return usd < 0.0001 ? '<$0.0001' : `$${usd.toFixed(4).replace(/0{1,2}$/, '')}`;
}

/** `25.4k → 812`: in, then out. */
export function formatTokens(input: number | undefined, output: number | undefined): string {
  if (input === undefined && output === undefined) return '';
  return `${formatCount(input ?? 0)} → ${formatCount(output ?? 0)}`;
}

/** Of what is over, its duration; of what goes on, how long it has. */
export function formatClock(
  { startUs, durationUs, isOpen }: { startUs?: number; durationUs?: number; isOpen: boolean },
  nowUs: number,
): string {
  if (durationUs !== undefined) return formatDuration(durationUs);
  return isOpen && startUs !== undefined ? `${formatDuration(nowUs - startUs)}…` : '';
}

/** `11-26 12:03:04`, in the terminal's own time zone. */
export function formatStart(us: number | undefined): string {
  if (us === undefined) return '';
  const date = new Date(us / 1_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${day} ${time}`;
}

const LOOKS: Record<RunStatus | SpanQueryStatus, { mark: string; ink: keyof Style }> = {
  running: { mark: '●', ink: 'open' },
  open: { mark: '●', ink: 'open' },
  ok: { mark: '✔', ink: 'ok' },
  unset: { mark: '✔', ink: 'ok' },
  error: { mark: '✖', ink: 'failed' },
  lost: { mark: '?', ink: 'lost' },
};

/** `✖ error` */
export function formatStatus(status: RunStatus | SpanQueryStatus): string {
  return `${LOOKS[status].mark} ${status}`;
}

export function markOf(status: RunStatus | SpanQueryStatus): string {
  return LOOKS[status].mark;
}

export function inkOf(status: RunStatus | SpanQueryStatus, style: Style): (text: string) => string {
  return style[LOOKS[status].ink];
}
