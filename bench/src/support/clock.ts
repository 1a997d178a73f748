/** Nanoseconds of the machine's monotonic clock, the same one in all processes. */
export function nowNs(): number {
  return Number(process.hrtime.bigint());
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
