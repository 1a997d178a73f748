import { mayBeInput, type Attributes, type OpenEvent } from '@spantail/protocol';
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
  #open: Pick<OpenEvent, 'spanType' | 'attributes'> | undefined;

  constructor(span: SdkSpan) {
    this.span = span;
  }

  /** Keeps what the span has now, which was published as `open`. */
  remember(
    { name, status, events, links, attributes, resource }: SdkSpan,
    { spanType, attributes: published }: OpenEvent,
  ): void {
    this.#open = { spanType, ...(published === undefined ? {} : { attributes: published }) };
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

  /**
   * What the end of the span has to say besides, when attributes are all that is new: those that
   * were added or replaced. `undefined`: more than that is new, or one is gone.
   */
  addedAttributes(span: SdkSpan, open: OpenEvent): Attributes | undefined {
    const { name, events, links, attributes, resource } = span;
    if (
      open.spanType !== this.#open?.spanType ||
      name !== this.#name ||
      events.length !== this.#events ||
      events.at(-1) !== this.#lastEvent ||
      links.length !== this.#links ||
      (resource.asyncAttributesPending === true) !== this.#resourcePending ||
      this.#isInputTouched(attributes)
    )
      return undefined;
    return difference(this.#open.attributes ?? {}, open.attributes ?? {});
  }

  #isInputTouched(attributes: SdkSpan['attributes']): boolean {
    let at = 0;
    for (const key in attributes)
      if (attributes[key] !== this.#values[at++] && mayBeInput(key)) return true;
    return at < this.#values.length;
  }

  #haveChanged(attributes: SdkSpan['attributes']): boolean {
    const values = this.#values;
    let at = 0;
    for (const key in attributes) if (attributes[key] !== values[at++]) return true;
    return at !== values.length;
  }
}

function difference(before: Attributes, after: Attributes): Attributes | undefined {
  for (const key in before) if (!Object.hasOwn(after, key)) return undefined;
  const added: Attributes = {};
  for (const key in after) {
    const value = after[key];
    if (value !== undefined && value !== before[key]) added[key] = value;
  }
  return added;
}
