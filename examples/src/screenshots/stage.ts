import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Publisher, createExporter } from '@spantail/agent';
import { RunTree, newTraceId, type SpanNode, type TraceId } from '@spantail/protocol';
import {
  Indexer,
  loadRuns,
  openArchive,
  openLog,
  play,
  publisherSink,
  startGateway,
  type RecordedRun,
} from 'spantail';
import { RUNS } from '../demo-runs.ts';

export interface Stage extends AsyncDisposable {
  url: string;
  /** A coding agent and its sub-agent, in the middle of it. */
  live: TraceId;
  /** Several agents that hand over to each other. */
  graph: TraceId;
  /** Two runs of one agent. */
  pair: readonly [TraceId, TraceId];
  /** Spans of the live run that are worth a look. */
  answer: SpanNode;
}

const MINUTE_MS = 60_000;
/** When the recorded runs of `examples/runs` ended, in minutes before now. */
const ENDED_MINUTES_AGO = [3, 11, 26, 44, 71, 95];

/** A gateway of its own with the recorded runs in it: some over, one going on. */
export async function makeStage(dashboard: string): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), 'spantail-screenshots-'));
  const log = await openLog(undefined, directory, 3_600_000);
  const archive = await openArchive(join(directory, 'archive.sqlite'));
  const indexer = new Indexer({ log, archive });
  const gateway = await startGateway({ log, archive, port: 0, drainMs: 50, dashboard });
  indexer.start();
  const publisher = new Publisher({ exporter: createExporter(gateway.url) });
  const sink = publisherSink(publisher);
  const leaving = new AbortController();

  const runs = await loadRuns([RUNS]);
  const find = (file: string): RecordedRun => {
    const loaded = runs.find((one) => one.file.includes(file));
    if (loaded === undefined) throw new Error(`no run in ${file}`);
    return loaded.run;
  };
  const finish = async (run: RecordedRun, minutesAgo: number): Promise<TraceId> => {
    const traceId = newTraceId(randomBytes);
    const now = (): number => Date.now() - minutesAgo * MINUTE_MS;
    await play(run, sink, { speed: 'max', traceId, now });
    return traceId;
  };
  for (const [index, { run }] of runs.entries())
    await finish(run, ENDED_MINUTES_AGO[index % ENDED_MINUTES_AGO.length] ?? 1);
  const graph = await finish(find('langgraph-multi-agent'), 7);
  const pair = [await finish(find('sub-agent'), 55), await finish(find('tool-heavy'), 16)] as const;

  const live = newTraceId(randomBytes);
  const coding = find('sub-agent');
  const tree = new RunTree(live);
  const playing = play(
    coding,
    {
      ...sink,
      publish(traceId, event, blobs) {
        sink.publish(traceId, event, blobs);
        tree.apply(event);
      },
    },
    { speed: 2, traceId: live, signal: leaving.signal },
  );
  const answer = await firstAnswer(tree);
  return {
    url: gateway.url,
    live,
    graph,
    pair,
    answer,
    async [Symbol.asyncDispose]() {
      leaving.abort();
      await playing;
      await publisher.shutdown();
      await gateway.close();
      await indexer.close();
      await log.close();
      await archive.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function firstAnswer(tree: RunTree): Promise<SpanNode> {
  for (;;) {
    const answer = answerOf(tree);
    if (answer !== undefined) return answer;
    await setTimeout(50);
  }
}

/** A model's answer with a few things around it, once enough has happened for a picture. */
function answerOf(tree: RunTree): SpanNode | undefined {
  if (tree.spanCount < 22) return undefined;
  for (const { span } of tree.walk())
    if (span.spanType === 'model' && span.state === 'closed' && span.outputText.length > 200)
      return span;
  return undefined;
}
