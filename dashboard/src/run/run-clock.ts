/** Smaller differences are the way from the agent to here. */
const SKEW_US = 2_000_000;

/**
 * What time it is for the run: that of the machine its agent is on. Clocks of machines differ by
 * minutes, and an open span would be drawn too long or not at all.
 */
export class RunClock {
  /** The least that the newest time in the run was ever behind this machine's when it came. */
  #behindUs = Number.POSITIVE_INFINITY;
  #newestUs = Number.NEGATIVE_INFINITY;

  /** Of what comes while catching up nobody knows how old it is. */
  observe(newestUs: number, wallUs: number, isLive: boolean): void {
    const isNews = newestUs > this.#newestUs;
    // The first one that is seen may be old.
    if (isNews && isLive && Number.isFinite(this.#newestUs))
      this.#behindUs = Math.min(this.#behindUs, wallUs - newestUs);
    if (isNews) this.#newestUs = newestUs;
  }

  nowUs(wallUs: number): number {
    const isSkewed = Number.isFinite(this.#behindUs) && Math.abs(this.#behindUs) > SKEW_US;
    return Math.max(isSkewed ? wallUs - this.#behindUs : wallUs, this.#newestUs);
  }
}
