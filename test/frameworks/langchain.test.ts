import { describe, expect, it } from 'vitest';
import { FrameworkProgram } from '../support/frameworks/framework-program.ts';
import { models, named, outline, outputOf } from '../support/frameworks/seen-tree.ts';
import { threeWays } from '../support/frameworks/three-ways.ts';
import { Viewer } from '../support/frameworks/viewer.ts';

const FILE = 'programs/langchain/main.ts';
const run = (scenario: string, env: NodeJS.ProcessEnv): FrameworkProgram =>
  new FrameworkProgram(FILE, [scenario], env);

/** Scenarios, and how often each waits for the test. */
const SCENARIOS: [string, number][] = [
  ['agent', 2],
  ['events', 0],
  ['invoke', 0],
  ['side-by-side', 0],
  ['failing tool', 0],
  ['failing model', 0],
  ['handoff', 0],
  ['interrupt', 0],
  ['broken off', 1],
  ['chain', 0],
  ['twice', 0],
];

const AGENT = `\
agent forecaster
  step model_request
    model scripted-1
    step RunnableLambda
  step tools
    tool weather
  step model_request
    model scripted-1
    step RunnableLambda`;

describe('LangChain and LangGraph', () => {
  it.each(SCENARIOS)(
    '[FA1] get the same with the handler, without it and with the gateway away: %s',
    async (scenario, waits) => {
      const { off, on, away } = await threeWays(FILE, scenario, waits);
      expect(off).toBeTruthy();
      expect(on).toEqual(off);
      expect(away).toEqual(off);
    },
  );

  it('[FA2, FA3, FA4] show an agent while it runs: its steps, its inputs, its tokens', async () => {
    const viewer = await Viewer.start();
    const program = run('agent', { SPANTAIL_URL: viewer.url });
    await program.waits();
    const [tree] = await viewer.show(
      (seen) => outline(seen).includes('tool weather'),
      'the tool is seen before it ends',
    );
    if (tree === undefined) throw new Error('no run');
    expect(outline(tree)).toBe(`\
agent forecaster (open)
  step model_request
    model scripted-1
    step RunnableLambda
  step tools (open)
    tool weather (open)`);
    const tool = named(tree, 'weather');
    expect(await tool.input?.load()).toEqual({ city: 'Rome' });
    expect(tool.attributes).toMatchObject({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'weather',
      'gen_ai.tool.call.id': 'call_weather',
      'gen_ai.agent.name': 'forecaster',
    });
    expect(named(tree, 'forecaster').attributes).toMatchObject({
      'service.name': 'tested',
      'gen_ai.agent.name': 'forecaster',
      'gen_ai.conversation.id': 'thread-1',
      'session.id': 'session-1',
      'user.id': 'user-1',
      'langchain.metadata.plan': 'free',
      tags: ['tried'],
    });
    expect(named(tree, 'tools').attributes).toMatchObject({
      'langgraph.node': 'tools',
      'langgraph.step': 2,
      'gen_ai.agent.name': 'forecaster',
    });

    program.go();
    await program.waits(2);
    await viewer.show(
      (seen) => models(seen)[1]?.outputText === 'It is sunny ',
      'tokens are seen in the open span',
    );
    const speaks = models(tree)[1];
    expect(speaks).toMatchObject({ state: 'open', name: 'scripted-1' });
    expect(await speaks?.input?.load()).toEqual([
      { role: 'user', content: 'Rome' },
      {
        role: 'assistant',
        content: '',
        name: 'forecaster',
        tool_calls: [{ id: 'call_weather', name: 'weather', args: { city: 'Rome' } }],
      },
      { role: 'tool', content: 'sunny in Rome', name: 'weather', tool_call_id: 'call_weather' },
    ]);

    program.go();
    await program.told();
    const ended = await viewer.endedRun();
    expect(outline(ended)).toBe(AGENT);
    const [asks, said] = models(ended);
    if (asks === undefined || said === undefined) throw new Error('no two calls of a model');
    expect(said.outputText).toBe('It is sunny in Rome. 🌞');
    expect(await outputOf(said)).toBe(said.outputText);
    expect(await outputOf(asks)).toEqual({
      role: 'assistant',
      content: '',
      tool_calls: [{ id: 'call_weather', name: 'weather', args: { city: 'Rome' } }],
    });
    expect(said.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'scripted-1',
      'gen_ai.response.model': 'scripted-1-2026',
      'gen_ai.provider.name': 'test',
      'gen_ai.response.finish_reasons': ['stop'],
    });
    for (const { span } of ended.walk())
      expect(span.usage).toEqual(
        span.spanType === 'model'
          ? {
              inputTokens: 12,
              outputTokens: 5,
              totalTokens: 17,
              cachedInputTokens: 3,
              reasoningTokens: 2,
            }
          : undefined,
      );
    expect(await named(ended, 'forecaster').output?.load()).toMatchObject({
      messages: [
        { role: 'user', content: 'Rome' },
        { role: 'assistant' },
        { role: 'tool', content: 'sunny in Rome' },
        { role: 'assistant', content: 'It is sunny in Rome. 🌞' },
      ],
    });
  });

  it("[FA3] show a model's text also where it comes by LangChain's events", async () => {
    const viewer = await Viewer.start();
    await run('events', { SPANTAIL_URL: viewer.url }).told();
    const tree = await viewer.endedRun();
    expect(outline(tree)).toBe(AGENT);
    const said = models(tree)[1];
    // It was streamed, and the end does not say it once more.
    expect(said).toMatchObject({ outputText: 'Sunny in Rome.', output: undefined });
    expect(said?.usage).toMatchObject({ inputTokens: 12, outputTokens: 5 });
  });

  it('[FA5] keep runs that go on side by side apart', async () => {
    const viewer = await Viewer.start();
    await run('side-by-side', { SPANTAIL_URL: viewer.url }).told();
    const trees = await viewer.ended(3);
    const cities = trees.map((tree) => tree.roots[0]?.name.replace('about ', '') ?? '');
    expect(cities.toSorted((a, b) => a.localeCompare(b))).toEqual(['Lima', 'Oslo', 'Rome']);
    for (const [index, tree] of trees.entries()) {
      const city = cities[index] ?? '';
      expect(outline(tree)).toBe(AGENT.replace('forecaster', `about ${city}`));
      expect(await outputOf(named(tree, 'weather'))).toBe(`sunny in ${city}`);
      expect(await outputOf(named(tree, 'scripted-1', 1))).toBe(`Sunny in ${city}.`);
    }
  });

  it('[FA6] show a tool that failed, in a run that did not', async () => {
    const viewer = await Viewer.start();
    await run('failing tool', { SPANTAIL_URL: viewer.url }).told();
    const tree = await viewer.endedRun();
    expect(outline(tree)).toBe(AGENT.replace('tool weather', 'tool weather !'));
    expect(named(tree, 'weather').error).toMatchObject({
      type: 'RangeError',
      message: 'no such city',
    });
  });

  it('[FA3, FA6] show a model that failed, with what it had said by then', async () => {
    const viewer = await Viewer.start();
    await run('failing model', { SPANTAIL_URL: viewer.url }).told();
    const tree = await viewer.endedRun();
    expect(outline(tree)).toBe('model scripted-1 !');
    expect(tree.roots[0]).toMatchObject({
      outputText: 'half a ',
      error: { type: 'TypeError', message: 'overloaded' },
    });
  });

  it('[FA2] show agents of a graph and how one hands on to the other', async () => {
    const viewer = await Viewer.start();
    await run('handoff', { SPANTAIL_URL: viewer.url }).told();
    const tree = await viewer.endedRun();
    expect(outline(tree)).toBe(`\
agent swarm
  step clerk
    agent clerk
      step model_request
        model scripted-1
        step RunnableLambda
      step tools
        handoff transfer_to_expert
  step expert
    agent expert
      step model_request
        model scripted-1`);
    expect(named(tree, 'transfer_to_expert').attributes).toMatchObject({
      'gen_ai.agent.name': 'clerk',
      'langgraph.goto': ['expert'],
    });
    expect(models(tree).map(({ attributes }) => attributes['gen_ai.agent.name'])).toEqual([
      'clerk',
      'expert',
    ]);
  });

  it('[FA6] do not take a question to the user for a failure', async () => {
    const viewer = await Viewer.start();
    await run('interrupt', { SPANTAIL_URL: viewer.url }).told();
    const [asked, answered] = await viewer.ended(2);
    if (asked === undefined || answered === undefined) throw new Error('no two runs');
    const first = asked.roots[0]?.attributes['langgraph.interrupts'] === undefined;
    const [before, after] = first ? [answered, asked] : [asked, answered];
    expect(outline(before)).toBe('agent careful\n  step asks');
    expect(outline(after)).toBe('agent careful\n  step asks');
    for (const name of ['careful', 'asks'])
      expect(named(before, name).attributes['langgraph.interrupts']).toMatchObject([
        { value: { question: 'sure?' } },
      ]);
    expect(named(before, 'asks').logs).toMatchObject([{ message: 'interrupted' }]);
    expect(await named(after, 'careful').input?.load()).toEqual({ command: { resume: 'yes' } });
  });

  it('[FA6] close what nobody reads on', async () => {
    const viewer = await Viewer.start();
    const program = run('broken off', { SPANTAIL_URL: viewer.url });
    await program.waits();
    const tree = await viewer.endedRun();
    // Whether LangGraph says that the graph was aborted depends on where its stream stood.
    expect(outline(tree).replace('talker !', 'talker')).toBe(`\
agent talker
  step speaks !
    model scripted-1`);
    expect(named(tree, 'talker').status).not.toBe('ok');
    expect(named(tree, 'speaks').error?.type).toBe('AbortError');
    expect(named(tree, 'scripted-1')).toMatchObject({
      status: 'unset',
      logs: [{ message: 'broken off: its stream was not read to the end' }],
    });
    program.go();
    await program.told();
  });

  it('[FA2, FA7] show chains, retrievers and events below a span of the program', async () => {
    const viewer = await Viewer.start();
    await run('chain', { SPANTAIL_URL: viewer.url }).told();
    const tree = await viewer.endedRun();
    expect(outline(tree)).toBe(`\
agent own
  step rag
    step RunnableLambda
      retrieval FakeRetriever
    step ChatPromptTemplate
    model scripted-1
    step StrOutputParser`);
    expect(await named(tree, 'rag').input?.load()).toBe('why?');
    expect(await outputOf(named(tree, 'FakeRetriever'))).toMatchObject([
      { pageContent: 'foo' },
      { pageContent: 'bar' },
    ]);
    expect(named(tree, 'RunnableLambda').logs).toMatchObject([
      { message: 'found', attributes: { data: { count: 2 } } },
    ]);
    expect(await named(tree, 'ChatPromptTemplate').output?.load()).toEqual([
      { role: 'user', content: 'foo,bar: why?' },
    ]);
  });

  it('[FA5] are told once by two handlers', async () => {
    const viewer = await Viewer.start();
    await run('twice', { SPANTAIL_URL: viewer.url }).told();
    const tree = await viewer.endedRun();
    expect(outline(tree)).toBe(AGENT);
    expect(named(tree, 'scripted-1', 1).outputText).toBe('Sunny in Rome.');
  });

  it('[FA1, FA3] run the example', async () => {
    const viewer = await Viewer.start();
    const example = new FrameworkProgram('langchain.ts', [], { SPANTAIL_URL: viewer.url });
    expect(await example.said()).toBe('It is sunny in Lisbon, at 24 °C.');
    const tree = await viewer.endedRun();
    expect(outline(tree)).toBe(
      AGENT.replace('forecaster', 'weather-agent').replaceAll('scripted-1', 'FakeForecaster'),
    );
    expect(models(tree)[1]?.outputText).toBe('It is sunny in Lisbon, at 24 °C.');
  });
});
