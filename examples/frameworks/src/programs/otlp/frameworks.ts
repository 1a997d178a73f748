/** An agent on the AI SDK or on LangGraph, traced by their usual instrumentations and exported over OTLP. */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { runOnAiSdk } from './on-ai-sdk.ts';
import { runOnLangGraph } from './on-langgraph.ts';

const provider = new NodeTracerProvider({
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
provider.register();
const run = process.argv[2] === 'ai-sdk' ? runOnAiSdk : runOnLangGraph;
await provider.getTracer('program').startActiveSpan('request', async (root) => {
  await run(provider);
  root.end();
  console.log(root.spanContext().traceId);
});
await provider.shutdown();
console.log('done');
process.exit(0);
