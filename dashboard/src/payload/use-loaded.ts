import { SpantailError, type Payload } from '@spantail/protocol';
import { useCallback, useEffect, useRef, useState } from 'react';

/** A payload's content on its way to the page. */
export type Loaded =
  | { kind: 'loading' }
  | { kind: 'ready'; value: unknown }
  /** Its content is gone, for good. */
  | { kind: 'expired' }
  | { kind: 'failed'; message: string; retry: () => void };

export type LoadPayload = (payload: Payload) => Promise<unknown>;

const LOADING: Loaded = { kind: 'loading' };

/** Loads a payload once it is shown; `undefined` while there is nothing to load. */
export function useLoaded(payload: Payload | undefined, load: LoadPayload): Loaded | undefined {
  const [state, setState] = useState<{ of: Payload; loaded: Loaded }>();
  const [attempt, setAttempt] = useState(0);
  const retry = useCallback(() => setAttempt((attempt) => attempt + 1), []);
  // Another function each time the run changes; the content is the same.
  const current = useRef(load);
  useEffect(() => {
    current.current = load;
  });
  useEffect(() => {
    if (payload === undefined) return undefined;
    let left = false;
    const show = (loaded: Loaded): void => {
      if (!left) setState({ of: payload, loaded });
    };
    show(LOADING);
    current.current(payload).then(
      (value) => show({ kind: 'ready', value }),
      (error: unknown) => show(failure(error, retry)),
    );
    return () => {
      left = true;
    };
  }, [payload, attempt, retry]);
  if (payload === undefined) return undefined;
  return state?.of === payload ? state.loaded : LOADING;
}

function failure(error: unknown, retry: () => void): Loaded {
  if (error instanceof SpantailError && error.code === 'NOT_FOUND') return { kind: 'expired' };
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'failed', message, retry };
}
