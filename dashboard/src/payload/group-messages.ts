/** A message against those of the call before. */
export type Compared = 'same' | 'new' | 'rewritten';

export interface MessageGroup {
  from: number;
  to: number;
  isSame: boolean;
}

/** Runs of messages that are the same as before, and runs of others. */
export function groupMessages(count: number, compared?: readonly Compared[]): MessageGroup[] {
  const groups: MessageGroup[] = [];
  for (let index = 0; index < count; index++) {
    const isSame = compared?.[index] === 'same';
    const last = groups.at(-1);
    if (last !== undefined && last.isSame === isSame) last.to = index + 1;
    else groups.push({ from: index, to: index + 1, isSame });
  }
  return groups;
}
