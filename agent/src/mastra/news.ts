import { snapshotJson } from '../publisher/snapshot-json.ts';

/**
 * What of a span was told already. Mastra gives all of a span with each event, and a run's metadata
 * with each span; only what is new is published.
 */
export class News {
  readonly #parent: News | undefined;
  readonly #told = new Map<string, string>();
  #input: { value: unknown; json: string } | undefined;

  constructor(parent?: News) {
    this.#parent = parent;
  }

  /** Those that this span has not told, and of metadata those that no span above it has. */
  attributes(all: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const news: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(all)) {
      const json = snapshotJson(value);
      if (this.#told.get(key) === json || this.#isInherited(key, json)) continue;
      this.#told.set(key, json);
      news[key] = value;
    }
    return news;
  }

  #isInherited(key: string, json: string): boolean {
    if (!isOfRun(key)) return false;
    for (let at = this.#parent; at !== undefined; at = at.#parent) {
      const told = at.#told.get(key);
      if (told !== undefined) return told === json;
    }
    return false;
  }

  /** Whether an input is there that was not told; from then on it was. */
  hasInput(value: unknown): boolean {
    if (value === undefined || value === null) return false;
    const json = snapshotJson(value);
    if (this.#input?.json === json) return false;
    this.#input = { value, json };
    return true;
  }

  get input(): unknown {
    return this.#input?.value;
  }
}

/** Whether an attribute is about the run rather than the span. */
function isOfRun(key: string): boolean {
  return (
    key.startsWith('mastra.metadata.') ||
    key === 'session.id' ||
    key === 'gen_ai.conversation.id' ||
    key === 'user.id'
  );
}
