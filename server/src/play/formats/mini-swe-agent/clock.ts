import type { TimeUs } from '@spantail/protocol';

/** When a step's model call and command began and ended. */
export interface StepTimes {
  modelStartUs: TimeUs;
  modelEndUs: TimeUs;
  toolEndUs: TimeUs;
}

/** Length of a step whose length nobody recorded. */
const UNKNOWN_STEP_US = 1_000_000;
/** Share of a step that is taken for its model call. */
const MODEL_SHARE = 0.75;

/**
 * Only model calls have a clock here, and only for their start, in seconds. A step lasts until the
 * next one starts; how it divides into the call and its command was not recorded and is estimated.
 *
 * @param createdUs start of each step's model call, where it is known
 */
export function stepTimes(createdUs: readonly (TimeUs | undefined)[]): StepTimes[] {
  const starts: TimeUs[] = [];
  let last = (createdUs.find((us) => us !== undefined) ?? UNKNOWN_STEP_US) - UNKNOWN_STEP_US;
  for (const us of createdUs) {
    last = us === undefined ? last + UNKNOWN_STEP_US : Math.max(us, last);
    starts.push(last);
  }
  return starts.map((modelStartUs, index) => {
    const toolEndUs = starts[index + 1] ?? modelStartUs + UNKNOWN_STEP_US;
    const modelEndUs = modelStartUs + Math.round((toolEndUs - modelStartUs) * MODEL_SHARE);
    return { modelStartUs, modelEndUs, toolEndUs };
  });
}
