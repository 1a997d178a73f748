import type { TimeUs } from '../event/event.ts';
import type { SpanNode } from '../tree/span-node.ts';
import { factsOf } from './span-facts.ts';
import type { TokenCounts } from './span-row.ts';
import type { FactsOf } from './to-span-row.ts';
import { UsageSum } from './usage-sum.ts';

/** Different tags or models of one run that are kept. */
const MOST_NAMES = 100;

/**
 * What all spans of a run say together. Shown them one by one, so that a large run can be looked
 * through a part at a time.
 */
export class RunSurvey {
  readonly models = new Set<string>();
  readonly tags = new Set<string>();
  /** Earliest start and latest end. */
  startUs: TimeUs | undefined;
  endUs: TimeUs | undefined;
  /** The open span that opened last. */
  current: SpanNode | undefined;
  errorCount = 0;
  lostCount = 0;
  service: string | undefined;
  sessionId: string | undefined;
  userId: string | undefined;
  readonly #facts: FactsOf;
  readonly #usage: UsageSum;

  constructor(facts: FactsOf = factsOf) {
    this.#facts = facts;
    this.#usage = new UsageSum(facts);
  }

  /** Takes each span once, in the order of `RunTree.walk`. */
  visit(span: SpanNode, depth: number): void {
    const { state, startUs, endUs } = span;
    if (startUs !== undefined) this.startUs = Math.min(this.startUs ?? startUs, startUs);
    if (endUs !== undefined) this.endUs = Math.max(this.endUs ?? endUs, endUs);
    if (state === 'lost') this.lostCount++;
    else if (state === 'closed' && span.status === 'error') this.errorCount++;
    else if (state === 'open' && (startUs ?? 0) >= (this.current?.startUs ?? 0))
      this.current = span;
    const own = this.#facts(span);
    if (own.model !== undefined && this.models.size < MOST_NAMES) this.models.add(own.model);
    for (const tag of own.tags) if (this.tags.size < MOST_NAMES) this.tags.add(tag);
    this.service ??= own.service;
    this.sessionId ??= own.sessionId;
    this.userId ??= own.userId;
    this.#usage.visit(span, depth);
  }

  /** What the run used in all, when every span was visited. */
  usage(): TokenCounts {
    return this.#usage.total();
  }
}
