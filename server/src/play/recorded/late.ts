import type { RecordedAction, RecordedClose, SpanKey } from './action.ts';

/**
 * Moves each span's end behind the last thing it did, in a run whose end is known. A source may say
 * more about a step it seemed to have finished: a message's block behind the next message, a
 * sub-agent's line behind its result.
 */
export function closeLast(actions: readonly RecordedAction[]): RecordedAction[] {
  const last = new Map<SpanKey, RecordedAction>();
  for (const action of actions) last.set(action.key, action);
  const held = new Map<SpanKey, RecordedClose>();
  return actions.flatMap((action): RecordedAction[] => {
    const isLast = last.get(action.key) === action;
    if (action.type === 'close' && !isLast) {
      held.set(action.key, action);
      return [];
    }
    const close = held.get(action.key);
    if (close === undefined || !isLast) return [action];
    const endUs = Math.max(close.endUs, action.atUs);
    return [action, { ...close, atUs: endUs, endUs }];
  });
}
