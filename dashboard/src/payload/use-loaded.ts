import { SpantailError, type Payload } from '@spantail/protocol';
import { useCallback, useEffect, useRef, useState } from 'react';

/** Above it, nothing is fetched before it is asked for. */
export const MOST_BYTES_UNASKED = 4 * 1024 * 1024;

/** A payload's content on its way to the page. */
export type Loaded =
  | { kind: 'loading' }
  | { kind: 'ready'; value: unknown }
  /** So large that it waits until somebody wants it all the same. */
  | { kind: 'held'; bytes: number; ask: () => void }
  /** Its content is gone, for good. */
  | { kind: 'expired' }
  | { kind: 'failed'; message: string; retry: () => void };

export type LoadPayload = (payload: Payload) => Promise<unknown>;

const LOADING: Loaded = { kind: 'loading' };

/** Loads a payload once it is shown; `undefined` while there is nothing to load. */
export function useLoaded(
  payload: Payload | undefined,
  load: LoadPayload,
  mostBytesUnasked = MOST_BYTES_UNASKED,
): Loaded | undefined {
  const [state, setState] = useState<{ of: Payload; loaded: Loaded }>();
  const [asked, setAsked] = useState<Payload>();
  const [attempt, setAttempt] = useState(0);
  const retry = useCallback(() => setAttempt((attempt) => attempt + 1), []);
  const isHeld = payload !== undefined && payload.bytes > mostBytesUnasked && asked !== payload;
  const wanted = isHeld ? undefined : payload;
  // Another function each time the run changes; the content is the same.
  const current = useRef(load);
  useEffect(() => {
    current.current = load;
  });
  useEffect(() => {
    if (wanted === undefined) return undefined;
    let left = false;
    const show = (loaded: Loaded): void => {
      if (!left) setState({ of: wanted, loaded });
    };
    show(LOADING);
    current.current(wanted).then(
      (value) => show({ kind: 'ready', value }),
      (error: unknown) => show(failure(error, retry)),
    );
    return () => {
      left = true;
    };
  }, [wanted, attempt, retry]);
  if (payload === undefined) return undefined;
  if (isHeld) return { kind: 'held', bytes: payload.bytes, ask: () => setAsked(payload) };
  return state?.of === payload ? state.loaded : LOADING;
}

function failure(error: unknown, retry: () => void): Loaded {
  if (error instanceof SpantailError && error.code === 'NOT_FOUND') return { kind: 'expired' };
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'failed', message, retry };
}
