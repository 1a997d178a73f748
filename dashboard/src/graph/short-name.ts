import { visibleName } from '../payload/visible-text.ts';

/** A function's full path (`package.module.Class.method`) by its last two parts. */
export function shortName(name: string): string {
  const parts = name.split('.');
  const isPath = parts.length > 3 && parts.every((part) => /^\w+$/.test(part));
  return visibleName(isPath ? parts.slice(-2).join('.') : name, 80);
}
