import { toHex, type PayloadItem } from '@spantail/protocol';

/** Equal keys are equal content. */
export function keyOfPart(part: PayloadItem | undefined): string {
  if (part === undefined) return '';
  if (typeof part === 'string') return `text ${part}`;
  return part instanceof Uint8Array ? toHex(part) : `chunk ${toHex(part.chunk)}`;
}
