import { SpantailCallbackHandler } from '@spantail/agent/langchain';
import type { RunTree } from '@spantail/protocol';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { toSpanId } from '../../../agent/src/langchain/run-ids.ts';
import { makeTracer, outline, type TestTracer } from '../../support/agent/make-tracer.ts';

const GRAPH = { id: ['langgraph', 'CompiledStateGraph'] };
const CHAIN = { id: ['langchain_core', 'runnables', 'RunnableSequence'] };
type Rest = [string, string[], Record<string, unknown>, string, string];
const MODEL = { id: ['langchain', 'chat_models', 'ChatTest'] };

/** As LangChain makes them, version 7, with a number in it. */
function runId(number: number): string {
  return `01a21841-62b5-70cc-85c9-${number.toString(16).padStart(12, '0')}`;
}

function begin(): TestTracer & { handler: SpantailCallbackHandler } {
  const made = makeTracer();
  return { ...made, handler: new SpantailCallbackHandler({ tracer: made.tracer }) };
}

const abort = Object.assign(new Error('This operation was aborted'), { name: 'AbortError' });
const message = (text: string): object => ({ content: text, _getType: () => 'ai', type: 'ai' });

function onlyRoot(tree: RunTree) {
  const [root] = tree.roots;
  if (root === undefined) throw new Error('no root');
  return root;
}

describe('the LangChain handler', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('[FA2] is what LangChain takes for a handler that it calls at once', () => {
    const { handler } = begin();
    expect(handler).toMatchObject({
      name: 'spantail',
      awaitHandlers: true,
      raiseError: false,
      lc_prefer_streaming: false,
    });
    expect(handler.copy()).toBe(handler);
    expect(JSON.parse(JSON.stringify(handler))).toMatchObject({ type: 'not_implemented' });
    expect(new SpantailCallbackHandler({ url: '', preferStreaming: true })).toMatchObject({
      lc_prefer_streaming: true,
    });
  });

  it('[FA5] makes one tracer for handlers of the same settings', () => {
    const [one, same, other] = [{ url: '' }, { url: '' }, { url: '', service: 'other' }].map(
      (options) => new SpantailCallbackHandler(options).tracer,
    );
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });

  it.each([
    ['as its callers pass them', [runId(1), [], {}, undefined, 'child']],
    ['as its types declare them', ['chain', [], {}, 'child', runId(1)]],
  ])('[FA2] finds the parent whether the parameters come %s', async (_, rest) => {
    const { handler, tree } = begin();
    handler.handleChainStart(GRAPH, {}, runId(1), undefined, [], {}, undefined, 'root');
    handler.handleChainStart(CHAIN, {}, runId(2), ...(rest as Rest));
    handler.handleChainEnd({}, runId(2));
    handler.handleChainEnd({}, runId(1));
    expect(outline((await tree()).roots)).toBe('root(child)');
  });

  it("[FA2] takes a root's id for the trace, and leaves out what LangChain hides", async () => {
    const { handler, tree } = begin();
    handler.handleChainStart(GRAPH, {}, runId(1), undefined, [], {}, undefined, 'root');
    const hidden = ['langsmith:hidden'];
    handler.handleChainStart(CHAIN, {}, runId(2), runId(1), hidden, {}, undefined, 'hidden');
    handler.handleChainStart(CHAIN, {}, runId(3), runId(2), [], {}, undefined, 'shown');
    for (const number of [3, 2, 1]) handler.handleChainEnd({}, runId(number));
    const { traceId, roots } = await tree();
    expect(traceId).toBe(runId(1).replaceAll('-', ''));
    expect(outline(roots)).toBe('root(shown)');
  });

  it('[FA2] knows a graph by its nodes where a bundler has renamed the classes', async () => {
    const { handler, tree } = begin();
    handler.handleChainStart({ id: ['x', 'a1'] }, {}, runId(1), undefined, [], {}, '', 'graph');
    handler.handleChainStart(CHAIN, {}, runId(2), runId(1), ['graph:step:1'], {
      langgraph_node: 'node',
    });
    handler.handleChainEnd({}, runId(2));
    handler.handleChainEnd({}, runId(1));
    expect(onlyRoot(await tree()).spanType).toBe('agent');
  });

  it('[FA2] puts a child that comes late below a parent that has ended', async () => {
    const { handler, tree } = begin();
    handler.handleChainStart(CHAIN, {}, runId(1), undefined, [], {}, undefined, 'root');
    handler.handleChainEnd({}, runId(1));
    handler.handleToolStart({ name: 'late' }, 'text', runId(2), runId(1));
    handler.handleToolEnd('done', runId(2));
    expect(outline((await tree()).roots)).toBe('root(late)');
  });

  it('[FA3] takes text of a model that says it by events and by tokens once', async () => {
    const { handler, tree } = begin();
    handler.handleChatModelStart(MODEL, [[message('?')]], runId(1));
    handler.handleChatModelStreamEvent({ event: 'message-start' }, runId(1));
    for (const text of ['Hel', 'lo']) {
      const delta = { type: 'text-delta', text };
      handler.handleChatModelStreamEvent({ event: 'content-block-delta', delta }, runId(1));
      handler.handleLLMNewToken(text, { completion: 0 }, runId(1));
    }
    const content = { type: 'text', text: '!' };
    handler.handleChatModelStreamEvent({ event: 'content-block-start', content }, runId(1));
    handler.handleLLMEnd({ generations: [[{ message: message('Hello!') }]] }, runId(1));
    const root = onlyRoot(await tree());
    expect(root).toMatchObject({ state: 'closed', outputText: 'Hello!' });
    expect(root.output).toBeUndefined();
  });

  it('[FA3] takes tokens that come as blocks, and only those of the first candidate', async () => {
    const { handler, tree } = begin();
    handler.handleLLMStart(MODEL, ['?'], runId(1));
    handler.handleLLMNewToken([{ type: 'text', text: 'one ' }], undefined, runId(1));
    handler.handleLLMNewToken('other', { completion: 1 }, runId(1));
    handler.handleLLMNewToken([{ type: 'reasoning', reasoning: 'hm' }], undefined, runId(1));
    handler.handleLLMNewToken('two', { completion: 0 }, runId(1));
    handler.handleLLMEnd({ generations: [[{ text: 'one two' }]] }, runId(1));
    expect(onlyRoot(await tree()).outputText).toBe('one two');
  });

  it('[FA4] reads token counts where older models have them', async () => {
    const { handler, tree } = begin();
    handler.handleLLMStart(MODEL, ['?'], runId(1));
    const tokenUsage = { promptTokens: 3, completionTokens: 4, totalTokens: 7 };
    handler.handleLLMEnd({ generations: [[{ text: 'yes' }]], llmOutput: { tokenUsage } }, runId(1));
    expect(onlyRoot(await tree()).usage).toEqual({
      inputTokens: 3,
      outputTokens: 4,
      totalTokens: 7,
    });
  });

  it('[FA6] closes a graph of which nothing is heard after its node was aborted', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { handler, events } = begin();
    handler.handleChainStart(GRAPH, {}, runId(1), undefined, [], {}, undefined, 'graph');
    handler.handleChainStart(CHAIN, {}, runId(2), runId(1), ['graph:step:1']);
    handler.handleChatModelStart(MODEL, [[]], runId(3), runId(2));
    handler.handleChainError(abort, runId(2));
    // Another node is at work: the graph goes on.
    handler.handleChainStart(CHAIN, {}, runId(4), runId(1), ['graph:step:2']);
    vi.advanceTimersByTime(60_000);
    handler.handleChainError(abort, runId(4));
    vi.advanceTimersByTime(60_000);
    vi.useRealTimers();
    const closes = (await events()).filter(({ type }) => type === 'close');
    expect(closes).toMatchObject([
      { status: 'unset' },
      { status: 'error', error: { type: 'AbortError' } },
      { status: 'error' },
      { status: 'unset' },
    ]);
    // What comes after that changes nothing.
    handler.handleChainEnd({}, runId(1));
    expect((await events()).filter(({ type }) => type === 'close')).toHaveLength(4);
  });

  it('[FA6] closes a stream that was left, with the step around it', async () => {
    const { handler, tree } = begin();
    handler.handleChainStart(CHAIN, {}, runId(1), undefined, [], {}, undefined, 'root');
    for (const number of [2, 3]) handler.handleChatModelStart(MODEL, [[]], runId(number), runId(1));
    handler.handleLLMNewToken('left', undefined, runId(2));
    handler.handleChainEnd({}, runId(1));
    const [left, atWork] = onlyRoot(await tree()).children;
    expect(left).toMatchObject({ state: 'closed', status: 'unset', outputText: 'left' });
    // This one may just not be awaited.
    expect(atWork).toMatchObject({ state: 'open' });
  });

  it('[FA6] gives up what nobody reads, once there is too much of it, and nothing that goes on', async () => {
    const { handler, events } = begin();
    for (let number = 0; number <= 10_000; number++) {
      handler.handleChatModelStart(MODEL, [[]], runId(number));
      handler.handleLLMNewToken('goes on', undefined, runId(0));
    }
    handler.handleLLMEnd({}, runId(0));
    const closed = (await events()).filter(({ type }) => type === 'close');
    const ids = [0, 1].map((number) => toSpanId(runId(number)));
    expect(new Set(closed.map(({ spanId }) => spanId))).toEqual(new Set(ids));
  });

  it('[FA6] takes a tool that answers with an error for one that failed', async () => {
    const { handler, tree } = begin();
    handler.handleToolStart({ name: 'tool' }, '[1', runId(1));
    const answer = { ...message('no such city'), status: 'error' };
    handler.handleToolEnd(answer, runId(1));
    const root = onlyRoot(await tree());
    expect(root).toMatchObject({ status: 'error', error: { message: 'no such city' } });
    expect(root.input?.parts).toEqual(['[1']);
  });

  it('[FA1] is not troubled by what it was not told or cannot read', async () => {
    const { handler, tree, errors } = begin();
    handler.handleChainEnd({}, runId(9));
    handler.handleLLMNewToken('x', undefined, runId(9));
    handler.handleToolError(undefined, runId(9));
    handler.handleText('x', runId(9));
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    handler.handleChainStart(undefined, circle, runId(1));
    handler.handleChatModelStart(undefined, [[null]], runId(2), runId(1));
    handler.handleLLMEnd({ generations: [[undefined]] }, runId(2));
    handler.handleChainError(undefined, runId(1));
    const run = await tree();
    expect(outline(run.roots)).toBe('chain(model)');
    expect(onlyRoot(run)).toMatchObject({ status: 'error', error: { message: 'no error given' } });
    expect(errors).toEqual([]);
  });
});
