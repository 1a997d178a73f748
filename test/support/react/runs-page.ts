import type { RunRow } from '@spantail/protocol';
import type { Page } from 'playwright-core';
import { HookPage } from './hook-page.ts';

/** What a user of the hook would write, and notes of what it does. It runs in the browser. */
const PROGRAM = `
  import { createElement } from 'react';
  import { createRoot } from 'react-dom/client';
  import { createClient } from '@spantail/client';
  import { SpantailProvider, useRuns } from '@spantail/client/react';

  const notes = { asked: [], view: undefined, witness: undefined, renders: 0, sameRows: 0 };
  globalThis.notes = notes;
  let hold;
  globalThis.holdAnswers = () => { hold = Promise.withResolvers(); };
  globalThis.letGo = () => { hold?.resolve(); hold = undefined; };
  let root, client;
  function List({ options }) {
    const view = useRuns(options);
    const before = notes.view?.runs ?? [];
    notes.renders++;
    notes.sameRows = view.runs.filter((row) => before.includes(row)).length;
    notes.view = view;
    return null;
  }
  function Witness() {
    notes.witness = useRuns();
    return null;
  }
  globalThis.show = (url, options) => {
    client ??= createClient({
      url,
      fetch: async (input, init) => {
        const asked = { url: String(input), atMs: performance.now(), answered: false, aborted: false };
        notes.asked.push(asked);
        init?.signal?.addEventListener('abort', () => { asked.aborted = true; });
        const response = await fetch(input, init);
        asked.answered = true;
        await hold?.promise;
        return response;
      },
    });
    root ??= createRoot(document.querySelector('#tree'));
    root.render(createElement(
      SpantailProvider, { client },
      createElement(List, { options }), globalThis.hasWitness && createElement(Witness),
    ));
  };
  globalThis.leave = () => root.unmount();
  globalThis.loadMore = () => notes.view.loadMore();`;

export interface Notes {
  asked: { url: string; atMs: number; answered: boolean; aborted: boolean }[];
  view: {
    runs: RunRow[];
    loading: boolean;
    hasMore: boolean;
    error?: { code?: string; position?: number; message: string };
  };
  renders: number;
  /** Rows of the last render that were the same objects in the one before. */
  sameRows: number;
}

/** A page that has nothing on it but `useRuns`. */
export class RunsHookPage extends HookPage<Notes> {
  readonly #url: string;

  private constructor(page: Page, url: string) {
    super(page);
    this.#url = url;
  }

  static async open(gatewayUrl: string): Promise<RunsHookPage> {
    const hook = new RunsHookPage(await HookPage.newPage(), gatewayUrl);
    await hook.run(PROGRAM);
    return hook;
  }

  async show(options: Record<string, unknown> = {}): Promise<void> {
    await this.page.evaluate(`show(${JSON.stringify(this.#url)}, ${JSON.stringify(options)})`);
  }

  /** From the next {@link show} on, `witness` is what another component sees, of all runs. */
  async addWitness(): Promise<void> {
    await this.page.evaluate('globalThis.hasWitness = true');
  }

  async do(what: 'leave' | 'loadMore' | 'holdAnswers' | 'letGo'): Promise<void> {
    await this.page.evaluate(`${what}()`);
  }
}
