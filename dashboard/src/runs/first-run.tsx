import type { ReactNode } from 'react';
import { CopyLine } from './copy-line.tsx';

/** Nothing was ever published here: how to. It gives way to the list when the first run comes. */
export function FirstRun(): ReactNode {
  const url = window.location.origin;
  return (
    <section className="first-run">
      <p className="first-run-waiting" role="status">
        <span className="run-status-pulse" aria-hidden /> Waiting for the first run
      </p>
      <h1>Nothing has been published yet</h1>
      <p className="quiet">
        This page shows runs while they happen. Publish one in any of these ways, and it appears
        here by itself.
      </p>
      <ol>
        <li>
          <h2>Play recorded runs</h2>
          <p className="quiet">From a checkout: real agents’ runs, at eight times their speed.</p>
          <CopyLine
            what="the command that plays runs"
            text={`npm run spantail -- play examples/runs --speed 8 --to ${url}`}
          />
        </li>
        <li>
          <h2>Point OpenTelemetry here</h2>
          <p className="quiet">Any language, any framework that exports OTLP over HTTP.</p>
          <CopyLine
            what="the variable for OpenTelemetry"
            text={`export OTEL_EXPORTER_OTLP_ENDPOINT=${url}`}
          />
        </li>
        <li>
          <h2>Trace your own agent</h2>
          <p className="quiet">Steps show when they open, and model output as it streams.</p>
          <CopyLine what="the code of a tracer" text={tracerCode(url)} />
        </li>
      </ol>
    </section>
  );
}

function tracerCode(url: string): string {
  return `import { createTracer } from '@spantail/agent';

const tracer = createTracer({ url: '${url}' });
await tracer.run('answer', { input: question }, async (run) => {
  const call = { input: question, attributes: { 'gen_ai.request.model': 'gpt-5-mini' } };
  await run.model('plan', call, async (span) => {
    for await (const token of callModel(question)) span.append(token);
    span.setUsage({ inputTokens: 812, outputTokens: 120 });
  });
  await run.tool('search', { input: query }, () => search(query));
});
await tracer.shutdown();`;
}
