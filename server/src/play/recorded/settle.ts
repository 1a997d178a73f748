import type { RecordedAction, SpanKey } from './action.ts';

/**
 * Makes every span's deltas add up to its output (PROM2) in a run whose end is known.
 *
 * Some sources show growth that the final output does not contain: a tool's last lines only, or
 * text that was replaced. Such deltas are cut where they leave the output, and the rest of the
 * output follows as one delta when the span closes.
 */
export function settleOutputs(actions: readonly RecordedAction[]): RecordedAction[] {
  const grew = new Set<SpanKey>();
  for (const action of actions)
    if (action.type === 'update' && action.outputDelta !== undefined) grew.add(action.key);
  const outputs = new Map<SpanKey, string>();
  for (const action of actions)
    if (action.type === 'close' && typeof action.output === 'string' && grew.has(action.key))
      outputs.set(action.key, action.output);
  if (outputs.size === 0) return [...actions];

  const shown = new Map<SpanKey, number>();
  // Behind a difference nothing more can be shown: the place in the output is not known any more.
  const lost = new Set<SpanKey>();
  return actions.flatMap((action): RecordedAction[] => {
    const output = outputs.get(action.key);
    if (output === undefined) return [action];
    const from = shown.get(action.key) ?? 0;
    if (action.type === 'update' && action.outputDelta !== undefined) {
      const { outputDelta, ...rest } = action;
      const length = lost.has(action.key) ? 0 : commonLength(output, from, outputDelta);
      if (length < outputDelta.length) lost.add(action.key);
      shown.set(action.key, from + length);
      if (length > 0) return [{ ...rest, outputDelta: outputDelta.slice(0, length) }];
      return carriesMore(rest) ? [rest] : [];
    }
    if (action.type === 'close') {
      const { output: _, ...rest } = action;
      const { key, atUs } = action;
      const left = output.slice(from);
      return left === '' ? [rest] : [{ type: 'update', key, atUs, outputDelta: left }, rest];
    }
    return [action];
  });
}

function commonLength(output: string, from: number, delta: string): number {
  let length = 0;
  while (length < delta.length && output[from + length] === delta[length]) length++;
  // Never between the halves of a surrogate pair.
  const last = delta.charCodeAt(length - 1);
  return length < delta.length && last >= 0xd800 && last <= 0xdbff ? length - 1 : length;
}

function carriesMore(update: Omit<RecordedAction, 'outputDelta'>): boolean {
  return Object.keys(update).some((key) => key !== 'type' && key !== 'key' && key !== 'atUs');
}
