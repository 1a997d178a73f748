import type { SdkSpan } from './sdk-span.ts';

/** What was published of an open span, to see whether there is more by now. */
export class SpanState {
  readonly span: SdkSpan;
  /** Of the last snapshot; 0: none was published. */
  revision = 0;
  /** When to look again (the clock of `performance.now`). */
  dueMs = 0;
  waitMs = 0;
  #name = '';
  #status: SdkSpan['status'] | undefined;
  #events = 0;
  #lastEvent: unknown;
  #links = 0;
  #values: unknown[] = [];
  #resourcePending = false;

  constructor(span: SdkSpan) {
    this.span = span;
  }

  /** Keeps what the span has now. */
  remember({ name, status, events, links, attributes, resource }: SdkSpan): void {
    this.#name = name;
    this.#status = status;
    this.#events = events.length;
    this.#lastEvent = events.at(-1);
    this.#links = links.length;
    this.#values = Object.values(attributes);
    this.#resourcePending = resource.asyncAttributesPending === true;
  }

  /**
   * Whether the span has anything that {@link remember} did not see. SDKs only add: a status or an
   * attribute is replaced, never changed in place, so that comparing identities suffices. Of events
   * above the SDK's limit the oldest goes when one comes.
   */
  hasChanged({ name, status, events, links, attributes, resource }: SdkSpan): boolean {
    return (
      name !== this.#name ||
      status !== this.#status ||
      events.length !== this.#events ||
      events.at(-1) !== this.#lastEvent ||
      links.length !== this.#links ||
      this.#haveChanged(attributes) ||
      (resource.asyncAttributesPending === true) !== this.#resourcePending
    );
  }

  #haveChanged(attributes: SdkSpan['attributes']): boolean {
    const values = this.#values;
    let at = 0;
    for (const key in attributes) if (attributes[key] !== values[at++]) return true;
    return at !== values.length;
  }
}
