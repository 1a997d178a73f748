import {
  factsOf,
  type Attributes,
  type SpanFacts,
  type SpanNode,
  type Usage,
} from '@spantail/protocol';

interface Entry {
  attributes: Readonly<Attributes>;
  usage: Usage | undefined;
  name: string;
  facts: SpanFacts;
}

/** Models, tokens and cost of spans, read again only when one changed. */
export class FactsCache {
  readonly #entries = new WeakMap<SpanNode, Entry>();

  /** To be handed on as a function. */
  readonly of = (span: SpanNode): SpanFacts => {
    const { attributes, usage, name } = span;
    const entry = this.#entries.get(span);
    // A span's attributes are another object after each change that may concern them.
    if (entry?.attributes === attributes && entry.usage === usage && entry.name === name)
      return entry.facts;
    const facts = factsOf(span);
    this.#entries.set(span, { attributes, usage, name, facts });
    return facts;
  };
}

/** Of the whole page. */
export const facts = new FactsCache();
