import {
  RunTree,
  SeenParts,
  factsOf,
  inheritedOf,
  newPartsText,
  partRefs,
  payloadRefs,
  searchTextOf,
  toRunRow,
  toSpanRow,
  type BlobRef,
  type NewPart,
  type Payload,
  type PriceTable,
  type RunActivity,
  type RunRow,
  type SpanFacts,
  type SpanId,
  type SpanNode,
  type TraceEvent,
  type TraceId,
} from '@spantail/protocol';
import type { ArchivedSpan } from '../archive/archive.ts';
import type { RunBlobs } from './run-blobs.ts';

/** Folds a run's events into its tree, and tells which rows that changes. */
export class RunFolder {
  readonly tree: RunTree;
  readonly #prices: PriceTable | undefined;
  readonly #facts = new Map<SpanId, SpanFacts>();
  readonly #dirty = new Set<SpanId>();
  /** What each span has from those above it, as its row says. */
  readonly #inherited = new Map<SpanId, string>();
  readonly #seen = new SeenParts();
  readonly #fresh = new Map<SpanId, NewPart[]>();
  /** Of open spans: what was new in their input, in words. */
  readonly #inputTexts = new Map<SpanId, string>();

  constructor(traceId: TraceId, prices?: PriceTable) {
    this.tree = new RunTree(traceId);
    this.#prices = prices;
  }

  /** Without blobs only the tree: nobody keeps its rows. */
  async apply(event: TraceEvent, blobs?: RunBlobs): Promise<void> {
    const { tree } = this;
    const before = tree.version;
    tree.apply(event);
    if (tree.version === before) return;
    this.#facts.delete(event.spanId);
    if (blobs === undefined) return;
    this.#dirty.add(event.spanId);
    if (event.type !== 'open' && event.output !== undefined)
      await blobs.collect(payloadRefs(event.output));
    if (event.type !== 'close' && event.input !== undefined)
      await this.#takeInput(event.spanId, event.input, blobs);
  }

  async #takeInput(spanId: SpanId, input: Payload, blobs: RunBlobs): Promise<void> {
    await blobs.collect(payloadRefs(input));
    const fresh = this.#fresh.get(spanId) ?? [];
    this.#fresh.set(spanId, fresh);
    this.#inputTexts.delete(spanId);
    let asked = -1;
    for (;;) {
      const missing: BlobRef[] = [];
      fresh.push(...this.#seen.take(input, blobs.get, (ref) => missing.push(ref)));
      // Gone for good, or to be sent again: what is in it cannot be found by its words.
      if (missing.length === 0 || missing.length === asked) break;
      asked = missing.length;
      await blobs.collect(missing);
      await blobs.load(missing);
    }
    await blobs.collect(partRefs(fresh));
  }

  /** Rows that changed since the last {@link committed}. */
  async changes(blobs: RunBlobs): Promise<ArchivedSpan[]> {
    this.#spread();
    const spans: ArchivedSpan[] = [];
    for (const spanId of this.#dirty) {
      const node = this.tree.get(spanId);
      if (node !== undefined) spans.push(await this.#archived(node, blobs));
    }
    return spans;
  }

  async #archived(node: SpanNode, blobs: RunBlobs): Promise<ArchivedSpan> {
    const { spanId, input, output } = node;
    let inputText = this.#inputTexts.get(spanId);
    if (inputText === undefined) {
      const fresh = this.#fresh.get(spanId) ?? [];
      await blobs.load(partRefs(fresh));
      inputText = input === undefined ? '' : newPartsText(input, fresh, blobs.get);
      this.#inputTexts.set(spanId, inputText);
    }
    if (output !== undefined) await blobs.load(partRefs(output.parts));
    return {
      row: toSpanRow(this.tree, node, this.#factsOf),
      searchText: searchTextOf(node, inputText, blobs.get),
    };
  }

  /** A span that says another agent, session or user than before changes the rows below it. */
  #spread(): void {
    const queue = [...this.#dirty];
    for (let spanId = queue.pop(); spanId !== undefined; spanId = queue.pop()) {
      const node = this.tree.get(spanId);
      if (node === undefined) continue;
      const { agent, sessionId, userId } = inheritedOf(this.tree, node, this.#factsOf);
      const now = JSON.stringify([agent, sessionId, userId]);
      if (this.#inherited.get(spanId) === now) continue;
      this.#inherited.set(spanId, now);
      for (const child of node.children) {
        this.#dirty.add(child.spanId);
        queue.push(child.spanId);
      }
    }
  }

  /** The rows as they are now are in the archive. */
  committed(): void {
    this.#spread();
    for (const spanId of this.#dirty) {
      const state = this.tree.get(spanId)?.state;
      if (state === 'closed' || state === 'lost') this.#inputTexts.delete(spanId);
    }
    this.#dirty.clear();
  }

  row(activity: RunActivity): RunRow {
    return toRunRow(this.tree, activity, this.#factsOf);
  }

  readonly #factsOf = (node: SpanNode): SpanFacts => {
    let facts = this.#facts.get(node.spanId);
    if (facts === undefined) {
      facts = factsOf(node, this.#prices);
      this.#facts.set(node.spanId, facts);
    }
    return facts;
  };
}
