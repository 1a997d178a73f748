import {
  ChevronFirst,
  ChevronLast,
  FastForward,
  Pause,
  Play,
  StepBack,
  StepForward,
  type LucideIcon,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { SPEEDS } from './machine-state.ts';
import type { Machine } from './use-time-machine.ts';

export function PlayControls({
  machine: { engine, state },
  onTogglePlay,
}: {
  machine: Machine;
  onTogglePlay: () => void;
}): ReactNode {
  const { mode, index, count, playing } = state;
  const isPast = mode === 'past';
  return (
    <div className="tm-controls" role="group" aria-label="Playing">
      <Control
        icon={ChevronFirst}
        label="To the first event (Home)"
        disabled={isPast && index <= 1}
        onPress={() => engine.seek({ to: 'first' })}
      />
      <Control
        icon={StepBack}
        label="One event back (,)"
        disabled={isPast && index <= 1}
        onPress={() => engine.step(-1)}
      />
      <Control
        icon={playing ? Pause : Play}
        label={playing ? 'Pause (Space)' : 'Play (Space)'}
        onPress={onTogglePlay}
      />
      <Control
        icon={StepForward}
        label="One event forward (.)"
        disabled={!isPast || index >= count}
        onPress={() => engine.step(1)}
      />
      <Control
        icon={ChevronLast}
        label="To the last event (End)"
        disabled={!isPast || index >= count}
        onPress={() => engine.seek({ to: 'before-last', events: 0 })}
      />
    </div>
  );
}

export function SpeedControls({
  machine: { engine, state, runStatus },
}: {
  machine: Machine;
}): ReactNode {
  const { mode, speed, skipWaits } = state;
  return (
    <div className="tm-controls" role="group" aria-label="Speed">
      <select
        aria-label="Speed"
        title="Speed"
        value={speed}
        onChange={(event) => engine.setSpeed(Number(event.target.value))}
      >
        {SPEEDS.map((one) => (
          <option key={one} value={one}>
            {one}×
          </option>
        ))}
      </select>
      <button
        type="button"
        className="icon-button"
        aria-pressed={skipWaits}
        aria-label="Skip waits"
        title="Skip waits: no pause between two events is longer than a second"
        onClick={() => engine.setSkipWaits(!skipWaits)}
      >
        <FastForward size={16} aria-hidden />
      </button>
      <LiveButton
        isLive={mode === 'live'}
        isOver={runStatus === 'ended'}
        isAway={runStatus !== 'ended' && runStatus !== 'live'}
        onPress={() => engine.live()}
      />
    </div>
  );
}

function LiveButton({
  isLive,
  isOver,
  isAway,
  onPress,
}: {
  isLive: boolean;
  isOver: boolean;
  /** What happens now does not come: it is caught up with, or the gateway is away. */
  isAway: boolean;
  onPress: () => void;
}): ReactNode {
  const now = isOver ? 'End of run' : isAway ? 'Newest' : 'Live';
  return (
    <button
      type="button"
      className={`tm-live ${isLive && !isOver && !isAway ? 'is-on' : ''}`}
      title={isLive ? 'The newest that is known is shown' : 'Show the newest that is known (L)'}
      disabled={isLive}
      onClick={onPress}
    >
      <span className="tm-dot" aria-hidden />
      {isLive ? now : isOver ? 'Back to end' : 'Back to live'}
    </button>
  );
}

function Control({
  icon: Icon,
  label,
  disabled = false,
  onPress,
}: {
  icon: LucideIcon;
  label: string;
  disabled?: boolean;
  onPress: () => void;
}): ReactNode {
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onPress}
    >
      <Icon size={16} aria-hidden />
    </button>
  );
}
