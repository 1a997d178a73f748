import { useEffect, useRef } from 'react';
import { useSearch } from 'wouter';
import { navigate } from 'wouter/use-browser-location';
import { seekOf, withMoment } from './address.ts';
import type { TimeMachineEngine } from './engine.ts';
import type { MachineState } from './machine-state.ts';

/** Browsers take a few address changes a second; while playing the moment moves at every frame. */
const WRITE_AFTER_MS = 300;

/** Goes to the moment that the address names, and writes into it where the machine is taken. */
export function useMomentInAddress(engine: TimeMachineEngine, state: MachineState): void {
  const search = useSearch();
  const at = new URLSearchParams(search).get('at') ?? undefined;
  /** What the address and the machine agreed on last. */
  const agreed = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (at === agreed.current) return;
    agreed.current = at;
    const wanted = seekOf(at);
    if (wanted === undefined) engine.live();
    else engine.seek(wanted);
    // A page that is shown again begins anew.
  }, [engine, at]);
  useEffect(
    () => () => {
      agreed.current = undefined;
    },
    [engine],
  );

  const { mode, cursor } = state;
  useEffect(() => {
    if (mode === 'seeking') return undefined;
    const timer = setTimeout(() => {
      if (engine.isSeeking || cursor === agreed.current) return;
      agreed.current = cursor;
      navigate(withMoment(window.location.href, cursor), { replace: true });
    }, WRITE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [engine, mode, cursor]);
}
