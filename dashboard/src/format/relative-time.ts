const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;

/** How long ago: `now`, `12 s ago`, `3 m ago`, `2 h ago`, `5 d ago`. Clocks may differ: never ahead. */
export function formatAgo(us: number, nowUs: number): string {
  return nowUs - us < 1_000_000 ? 'now' : `${formatRoughly(nowUs - us)} ago`;
}

/** In its largest unit: `12 s`, `3 m`, `2 h`, `5 d`. */
export function formatRoughly(us: number): string {
  const seconds = Math.max(0, Math.floor(us / 1_000_000));
  if (seconds < MINUTE_S) return `${seconds} s`;
  if (seconds < HOUR_S) return `${Math.floor(seconds / MINUTE_S)} m`;
  if (seconds < DAY_S) return `${Math.floor(seconds / HOUR_S)} h`;
  return `${Math.floor(seconds / DAY_S)} d`;
}

/** What grows each second is read in whole ones: `7 s`, `2 m 05 s`, `1 h 12 m`, `3 d 4 h`. */
export function formatElapsed(us: number): string {
  const seconds = Math.max(0, Math.floor(us / 1_000_000));
  if (seconds < MINUTE_S) return `${seconds} s`;
  if (seconds < HOUR_S) return `${Math.floor(seconds / MINUTE_S)} m ${pad(seconds % MINUTE_S)} s`;
  if (seconds < DAY_S)
    return `${Math.floor(seconds / HOUR_S)} h ${pad(Math.floor((seconds % HOUR_S) / MINUTE_S))} m`;
  return `${Math.floor(seconds / DAY_S)} d ${Math.floor((seconds % DAY_S) / HOUR_S)} h`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
