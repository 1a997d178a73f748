import type { Page, WebSocket } from 'playwright-core';
import { HookPage } from './hook-page.ts';

/** What a user of the hook would write, and notes of what it does. It runs in the browser. */
const PROGRAM = `
  import { createElement } from 'react';
  import { createRoot } from 'react-dom/client';
  import { createClient } from '@spantail/client';
  import { SpantailProvider, useRun } from '@spantail/client/react';

  const notes = { view: undefined, renders: [], treeCount: 0, watched: [], frameCount: 0 };
  globalThis.notes = notes;
  const trees = new Set();
  const runs = new Set();
  let root, client;
  function Run({ traceId, options }) {
    const { tree, run, ...rest } = useRun(traceId, options);
    if (tree !== undefined) trees.add(tree);
    if (run !== undefined) runs.add(run);
    notes.view = {
      ...rest,
      asked: traceId,
      treeOf: tree?.traceId,
      spanIds: tree === undefined ? undefined : [...tree.walk()].map(({ span }) => span.spanId),
      canLoad: run !== undefined,
    };
    notes.renders.push(notes.view);
    notes.treeCount = trees.size;
    return null;
  }
  globalThis.show = (url, traceId, options) => {
    client ??= createClient({ url });
    root ??= createRoot(document.querySelector('#tree'));
    root.render(createElement(SpantailProvider, { client }, createElement(Run, { traceId, options })));
  };
  globalThis.leave = () => root.unmount();
  notes.watchedSpanCount = () => Math.max(0, ...[...runs].map(({ tree }) => tree.spanCount));
  globalThis.lookAtRuns = () => { notes.watched = [...runs].map(({ traceId, status }) => ({ traceId, status })); };
  const drawn = () => { notes.frameCount++; requestAnimationFrame(drawn); };
  drawn();
  // A browser without a window hides no page: the frames asked for stay away from here on.
  globalThis.hide = () => {
    globalThis.requestAnimationFrame = () => 0;
    Object.defineProperty(document, 'hidden', { value: true });
    document.dispatchEvent(new Event('visibilitychange'));
  };
  globalThis.holdFrames = () => { globalThis.requestAnimationFrame = () => 0; };`;

export interface ShownRun {
  /** What the component asked for. */
  asked: string;
  /** What the view says it is of. */
  traceId: string;
  /** What its tree is of. */
  treeOf?: string;
  spanIds?: string[];
  version: number;
  status: string;
  error?: { code?: string; message: string };
  hasGap: boolean;
  invalidCount: number;
  canLoad: boolean;
  lastActivityMs?: number;
}

export interface RunNotes {
  view: ShownRun;
  renders: ShownRun[];
  /** Different trees that were shown. */
  treeCount: number;
  /** Every run that was watched, as it stands now. */
  watched: { traceId: string; status: string }[];
  /** Pictures that the browser drew. */
  frameCount: number;
}

/** A page that has nothing on it but `useRun`. */
export class RunHookPage extends HookPage<RunNotes> {
  /** Every socket that there was. */
  readonly sockets: WebSocket[] = [];
  readonly #url: string;

  private constructor(page: Page, url: string) {
    super(page);
    this.#url = url;
    page.on('websocket', (socket) => this.sockets.push(socket));
  }

  static async open(gatewayUrl: string): Promise<RunHookPage> {
    const hook = new RunHookPage(await HookPage.newPage(), gatewayUrl);
    await hook.run(PROGRAM);
    return hook;
  }

  async show(traceId: string, options?: { enabled?: boolean }): Promise<void> {
    const all = [this.#url, traceId, options ?? {}].map((one) => JSON.stringify(one));
    await this.page.evaluate(`show(${all.join()})`);
  }

  async do(what: 'leave' | 'hide' | 'holdFrames'): Promise<void> {
    await this.page.evaluate(`${what}()`);
  }

  override async notes(): Promise<RunNotes> {
    await this.page.evaluate('lookAtRuns()');
    return super.notes();
  }
}
