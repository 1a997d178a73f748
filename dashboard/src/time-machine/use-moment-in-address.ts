import { useEffect, useRef } from 'react';
import { useAddressValue } from '../run/address.ts';
import { seekOf } from './address.ts';
import type { TimeMachineEngine } from './engine.ts';
import type { MachineState } from './machine-state.ts';

/** While playing, the moment moves at every frame; the address says where it came to rest. */
const WRITE_AFTER_MS = 250;

/** Goes to the moment that the address names, and writes into it where the machine is taken. */
export function useMomentInAddress(engine: TimeMachineEngine, state: MachineState): void {
  const [at, setAt] = useAddressValue('at');
  /** What the address and the machine agreed on last. */
  const agreed = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (at === agreed.current) return;
    agreed.current = at;
    const wanted = seekOf(at);
    if (wanted === undefined) engine.live();
    else engine.seek(wanted);
  }, [engine, at]);
  useEffect(
    () => () => {
      // Of an engine that stopped, nothing is left that could agree.
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
      setAt(cursor);
    }, WRITE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [engine, mode, cursor, setAt]);
}
