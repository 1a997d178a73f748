/** `0.4 s`, `12.3 s`, `2 m 05 s`, `1 h 12 m`; below a second in `ms` or `µs`. */
export function formatDuration(us: number): string {
  if (us < 1_000) return `${Math.max(0, Math.round(us))} µs`;
  if (us < 1_000_000) return `${us < 10_000 ? (us / 1_000).toFixed(1) : Math.round(us / 1_000)} ms`;
  const seconds = us / 1_000_000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${pad(Math.floor(seconds % 60))} s`;
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} m`;
}

/** `812`, `12.4k`, `3.1M`. */
export function formatCount(count: number): string {
  if (count < 1_000) return String(count);
  if (count < 1_000_000) return `${short(count / 1_000)}k`;
  return `${short(count / 1_000_000)}M`;
}

/** US dollars; below a cent to four places. */
export function formatCost(usd: number): string {
  if (usd === 0) return '$0';
  if (usd < 0.0001) return '<$0.0001';
  return `$${usd < 0.01 ? usd.toFixed(4) : usd.toFixed(2)}`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  if (bytes < 1_048_576) return `${short(bytes / 1_024)} KiB`;
  return `${short(bytes / 1_048_576)} MiB`;
}

/** By this machine's clock and language; with the date unless it is today's. */
export function formatTime(us: number, now: Date = new Date()): string {
  const time = new Date(us / 1_000);
  const clock = time.toLocaleTimeString(undefined, { hour12: false });
  return time.toDateString() === now.toDateString()
    ? clock
    : `${time.toLocaleDateString(undefined, { month: 'short', day: 'numeric' })} ${clock}`;
}

function short(value: number): string {
  return value < 10 ? value.toFixed(1).replace(/\.0$/, '') : String(Math.round(value));
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
