import type { CloseEvent, OpenEvent, UpdateEvent } from '../event/event.ts';
import { canonical } from './canonical.ts';

/**
 * Which of two contradicting events counts. Each choice is a maximum in a total order, so that any
 * order of arrival, with any repeats, chooses the same one.
 */

/**
 * The higher revision: it knows more. Then the earlier start: a later open of the same span is a
 * repeat by a confused publisher.
 */
export function chooseOpen(a: OpenEvent | undefined, b: OpenEvent): OpenEvent {
  if (a === undefined) return b;
  const newer = (b.revision ?? 0) - (a.revision ?? 0);
  if (newer !== 0) return newer > 0 ? b : a;
  if (b.startUs < a.startUs) return b;
  if (a.startUs < b.startUs) return a;
  return smallest(a, b);
}

/** A publisher's own close over the server's `lost`, then the later end. */
export function chooseClose(a: CloseEvent | undefined, b: CloseEvent): CloseEvent {
  if (a === undefined) return b;
  const aLost = a.reason === 'lost';
  const bLost = b.reason === 'lost';
  if (aLost !== bLost) return aLost ? b : a;
  if (a.endUs !== b.endUs) return a.endUs > b.endUs ? a : b;
  return smallest(a, b);
}

/** Two updates with one `seq`: the one whose canonical text is smaller. */
export function chooseUpdate(a: UpdateEvent | undefined, b: UpdateEvent): UpdateEvent {
  return a === undefined ? b : smallest(a, b);
}

function smallest<T>(a: T, b: T): T {
  return canonical(b) < canonical(a) ? b : a;
}
