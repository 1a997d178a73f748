/** Who writes names that are read here. PROTOCOL.md's tables are checked against this. */
export const SOURCES = {
  spantail: "Spantail's own OTLP export",
  gen_ai: 'OpenTelemetry GenAI conventions, current and previous names (to v0.1.0)',
  wild: 'names under `gen_ai.` that no release of the conventions had',
  mcp: 'OpenTelemetry conventions for MCP',
  openinference: 'OpenInference (`@arizeai/openinference-semantic-conventions` 2.12)',
  'ai-sdk': 'Vercel AI SDK 4 to 6, and 7 with `LegacyOpenTelemetry`',
  openllmetry: 'Traceloop OpenLLMetry (JS 0.27, Python)',
  langfuse: 'Langfuse SDKs on OpenTelemetry (5.11)',
  mastra: 'Mastra `@mastra/otel-exporter`',
  logfire: 'Pydantic Logfire and Pydantic AI (instrumentation versions 1 to 3)',
  genkit: 'Genkit',
  adk: 'Google ADK',
  monocle: 'Monocle',
} as const satisfies Record<string, string>;
export type Source = keyof typeof SOURCES;
