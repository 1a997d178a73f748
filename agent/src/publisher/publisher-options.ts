import type { Exporter } from '../exporter/exporter.ts';

export interface PublisherOptions {
  /** Where batches go: see `createExporter`. */
  exporter: Exporter;
  /**
   * Bytes of events and payloads that may wait or be in flight. Above ¾ of it inputs and outputs are
   * left out, above 9/10 updates, at the end spans. Default 32 MiB: minutes of an outage for a busy
   * agent, and no more than a small part of a process' memory.
   */
  maxQueueBytes?: number;
  /** Bytes of sent payload parts kept in case the log lost them. Default 8 MiB. */
  maxSentBytes?: number;
  /**
   * Between the beginnings of two flushes. The first event after a pause goes at once; under load
   * events gather this long. Default 2: nobody sees it, and a busy agent still sends several at once.
   */
  flushIntervalMs?: number;
  /** First upper bound of the wait after a failure; it doubles up to 5,000. Default 100. */
  retryBaseMs?: number;
  /**
   * Told of what goes wrong, at most once in ten seconds a kind. Default: a process warning, so that
   * it can be seen and stops nobody.
   */
  onError?: (error: Error) => void;
  /**
   * While spans are open, the log hears of this publisher at least every third of this; when it has
   * not for so long (the process was killed, the machine lost), the spans are shown as lost. A third
   * of it is how long the process may be busy or paused with no doubt; up to two thirds do no harm.
   * At least 300, at most an hour; `false`: never. Default 15,000.
   */
  leaseMs?: number | false;
  /** Names this publisher in the log. Default: a random one; two publishers must never share it. */
  producer?: string;
  /** Uniform in [0, 1), for back-off. Default `Math.random`. */
  random?: () => number;
}

/** How a publisher is doing. */
export interface PublisherStats {
  /** Bytes queued and in flight. */
  queuedBytes: number;
  /** Events that were taken in. */
  publishedEvents: number;
  /** Events that the log has answered for. */
  deliveredEvents: number;
  /** What was dropped so far, by kind. */
  dropped: { events: number; updates: number; payloads: number };
  /** The log is not reached at present. */
  failing: boolean;
}
