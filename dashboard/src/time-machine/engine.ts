import type { Client, Cursor } from '@spantail/client';
import type { TraceId } from '@spantail/protocol';
import { Fold } from './fold.ts';
import {
  PRESENT,
  shownIn,
  type MachineState,
  type PendingSeek,
  type ShownMoment,
} from './machine-state.ts';
import { Playhead } from './playhead.ts';
import { Recorder } from './recorder.ts';
import { RunLog } from './run-log.ts';

/** Of a frame, so that the rest of it is left for drawing. */
const FOLD_MS = 8;
/** On the way to a moment nothing is drawn: a frame may be longer, for the way to have fewer of them. */
const SEEK_FOLD_MS = 30;
/** A recording that grows is told at this pace. */
const TELL_MS = 200;

/**
 * Moves through a run's log. It costs nothing until it is first asked for a moment: then the log is
 * read from the beginning, and everything is answered from it.
 */
export class TimeMachineEngine {
  readonly log = new RunLog();
  readonly #onNextFrame: (callback: () => void) => () => void;
  readonly #recorder: Recorder;
  readonly #fold: Fold;
  readonly #playhead: Playhead;
  readonly #listeners = new Set<() => void>();
  #isPast = false;
  #pending: PendingSeek | undefined;
  /** Where the run stood when a moment was first asked for: what has a share has it of this much. */
  #presentCursor: Cursor | undefined;
  #cancelFrame: (() => void) | undefined;
  #toldAtMs = 0;
  #moved = true;
  #state: MachineState;

  /** @param onNextFrame calls back before the next picture; returns what takes it back */
  constructor(
    client: Pick<Client, 'replay'>,
    traceId: TraceId,
    onNextFrame: (callback: () => void) => () => void,
  ) {
    this.#onNextFrame = onNextFrame;
    this.#fold = new Fold(traceId, this.log);
    this.#playhead = new Playhead(this.log);
    this.#recorder = new Recorder(client, traceId, this.log, {
      onChange: () => this.#ask(),
      onReset: () => this.#forget(),
    });
    this.#state = this.#snapshot();
  }

  get state(): MachineState {
    return this.#state;
  }

  readonly getState = (): MachineState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Events in what is shown, or will be in a few frames. */
  get target(): number {
    return this.#fold.target;
  }

  /** A moment was asked for and is not shown yet. */
  get isSeeking(): boolean {
    return this.#pending !== undefined;
  }

  /**
   * Tells where the watched run stands, so that a recording knows what it still lacks.
   *
   * @param isWhole not while the run is being caught up with: what an address names may come yet
   */
  follow(present: Cursor | undefined, isWhole: boolean): void {
    if (!isWhole) return;
    this.#presentCursor = present;
    if (present !== undefined && this.#recorder.isBehind(present)) this.#recorder.start();
  }

  /** Goes to a moment as soon as it is read. */
  seek(wanted: PendingSeek): void {
    this.#playhead.pause();
    this.#pending = wanted;
    if (this.#recorder.status !== 'complete') this.#recorder.start();
    this.#moved = true;
    this.#ask();
  }

  /** Goes so many events forward or back. */
  step(events: number): void {
    if (!this.#isPast) {
      this.seek({ to: 'before-last', events: Math.max(0, -events) });
      return;
    }
    this.#playhead.pause();
    const index = this.#fold.target + events;
    // The next event may not be read yet.
    if (index > this.log.count && this.#recorder.status === 'reading')
      this.seek({ to: 'index', index });
    else this.#go(index);
  }

  /** From the moment shown; from the beginning when that is the end. */
  play(): void {
    if (this.#isPast) {
      if (this.#fold.target >= this.log.count) this.#go(1);
      this.#playhead.play();
      this.#ask();
      return;
    }
    this.seek({ to: 'first' });
    this.#playhead.play();
  }

  pause(): void {
    this.#playhead.pause();
    this.#moved = true;
    this.#ask();
  }

  setSpeed(speed: number): void {
    this.#playhead.speed = speed;
    this.#moved = true;
    this.#ask();
  }

  setSkipWaits(skipWaits: boolean): void {
    this.#playhead.skipWaits = skipWaits;
    if (this.#isPast) this.#playhead.place(this.#fold.target);
    this.#moved = true;
    this.#ask();
  }

  /** Back to the present. The recording goes on: it may be asked for again. */
  live(): void {
    this.#isPast = false;
    this.#pending = undefined;
    this.#playhead.pause();
    this.#moved = true;
    this.#ask();
  }

  /** Ends all work; the next seek begins it again. */
  stop(): void {
    this.#recorder.stop();
    this.#forget();
    this.live();
    this.#cancelFrame?.();
    this.#cancelFrame = undefined;
  }

  #forget(): void {
    this.log.clear();
    this.#fold.clear();
    this.#isPast = false;
    this.#moved = true;
  }

  #go(index: number): void {
    const inside = Math.max(1, Math.min(index, this.log.count));
    this.#isPast = true;
    this.#fold.seek(inside);
    this.#playhead.place(inside);
    this.#moved = true;
    this.#ask();
  }

  #resolvePending(): void {
    const wanted = this.#pending;
    const { log } = this;
    if (wanted === undefined || log.count === 0) return;
    const present = this.#presentCursor;
    const isWhole =
      present === undefined
        ? this.#recorder.status !== 'reading'
        : this.#recorder.hasReached(present);
    const index = this.#indexOf(wanted, isWhole);
    if (index === undefined) return;
    this.#pending = undefined;
    const { playing, skipWaits } = this.#playhead;
    this.#go(index);
    if (playing) this.#playhead.play();
    if (wanted.to === 'share') this.#playhead.placeAt(wanted.share * log.lengthMs(skipWaits));
  }

  /** `undefined`: it is not read up to there. */
  #indexOf(wanted: PendingSeek, isWhole: boolean): number | undefined {
    const { log } = this;
    switch (wanted.to) {
      case 'first':
        return 1;
      case 'index':
        return wanted.index <= log.count || isWhole ? wanted.index : undefined;
      case 'cursor':
        return log.countAtCursor(wanted.cursor) ?? (isWhole ? log.count : undefined);
      case 'time': {
        const count = log.countAtTime(wanted.timeMs);
        return count < log.count || isWhole ? count : undefined;
      }
      case 'share': {
        if (!isWhole) return undefined;
        const { skipWaits } = this.#playhead;
        return log.countAtPlace(wanted.share * log.lengthMs(skipWaits), skipWaits);
      }
      case 'before-last':
        return isWhole ? log.count - wanted.events : undefined;
    }
  }

  /** A run that goes on is watched from there; another one stays at its end. */
  #atEnd(): void {
    const present = this.#presentCursor;
    if (this.#recorder.status !== 'reading') this.#playhead.pause();
    else if (present === undefined || this.#recorder.hasReached(present)) this.live();
  }

  #ask(): void {
    this.#cancelFrame ??= this.#onNextFrame(() => {
      this.#cancelFrame = undefined;
      this.#frame();
    });
  }

  #frame(): void {
    this.#resolvePending();
    if (this.#isPast && this.#playhead.playing && this.#fold.settled) {
      const reached = this.#playhead.advance(performance.now());
      this.#moved = true;
      this.#fold.advance(reached);
      if (reached === this.log.count) this.#atEnd();
    }
    if (this.#isPast && !this.#fold.settled) {
      this.#fold.work(this.#playhead.playing ? FOLD_MS : SEEK_FOLD_MS);
      if (this.#fold.settled) this.#moved = true;
    }
    const nowMs = performance.now();
    if (this.#moved || nowMs - this.#toldAtMs >= TELL_MS) {
      this.#moved = false;
      this.#toldAtMs = nowMs;
      this.#state = this.#snapshot();
      for (const listener of this.#listeners) listener();
    } else if (
      this.#state.count !== this.log.count ||
      this.#state.recorder !== this.#recorder.status
    )
      this.#ask();
    if (this.#isPast && (this.#playhead.playing || !this.#fold.settled)) this.#ask();
  }

  #snapshot(): MachineState {
    const { log } = this;
    const { playing, speed, skipWaits } = this.#playhead;
    return {
      ...this.#shown(),
      recorder: this.#recorder.status,
      error: this.#recorder.error,
      count: log.count,
      placeMs: this.#playhead.placeMs,
      lengthMs: log.lengthMs(skipWaits),
      startMs: log.count === 0 ? 0 : log.timeMs(0),
      endMs: log.count === 0 ? 0 : log.timeMs(log.count - 1),
      playing,
      speed,
      skipWaits,
    };
  }

  /** What is to be seen of the run. */
  #shown(): ShownMoment {
    const { log } = this;
    const { index, tree, settled } = this.#fold;
    // Drawing what lies on the way would take longer than going there: what was shown stays.
    const isOnTheWay = !settled && !this.#playhead.playing;
    if (!this.#isPast || index === 0 || (isOnTheWay && this.#state.mode !== 'past')) {
      const isSeeking = this.#isPast || this.isSeeking;
      return { ...PRESENT, mode: isSeeking ? 'seeking' : 'live', index: log.count };
    }
    if (isOnTheWay) return shownIn(this.#state);
    const momentMs = this.#playhead.momentMs(index);
    return {
      mode: 'past',
      index,
      tree,
      treeVersion: tree.version,
      cursor: log.cursor(index - 1),
      momentMs,
      nowUs: log.agentUs(index - 1) + (momentMs - log.timeMs(index - 1)) * 1_000,
    };
  }
}
