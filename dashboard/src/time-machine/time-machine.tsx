import type { ReactNode } from 'react';
import type { RunSource } from '../run/run-source.ts';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';
import { MomentLabel } from './moment-label.tsx';
import { PlayControls, SpeedControls } from './play-controls.tsx';
import { Scrubber } from './scrubber.tsx';
import type { Machine } from './use-time-machine.ts';
import './time-machine.css';

export { useTimeMachine, type Machine } from './use-time-machine.ts';

/** A run's past and present in one bar: go to any moment, play from there, come back. */
export function TimeMachine({
  machine,
  source,
}: {
  machine: Machine;
  source: RunSource;
}): ReactNode {
  const { engine, state } = machine;
  const togglePlay = (): void => (state.playing ? engine.pause() : engine.play());
  const group = 'Time machine';
  useShortcuts([
    { keys: [' '], label: 'Play or pause', group, run: togglePlay },
    { keys: [','], label: 'One event back', group, run: () => engine.step(-1) },
    { keys: ['.'], label: 'One event forward', group, run: () => engine.step(1) },
    { keys: ['l'], label: 'Back to live', group, run: () => engine.live() },
  ]);
  return (
    <section
      className={`time-machine ${state.mode === 'past' ? 'is-past' : ''}`}
      aria-label="Time machine"
    >
      <PlayControls machine={machine} onTogglePlay={togglePlay} />
      <Scrubber machine={machine} source={source} />
      <MomentLabel machine={machine} source={source} />
      <SpeedControls machine={machine} />
    </section>
  );
}
