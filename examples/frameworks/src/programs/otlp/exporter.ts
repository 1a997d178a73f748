import { DiagConsoleLogger, DiagLogLevel, diag } from '@opentelemetry/api';
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as HttpExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import type { SpanExporter } from '@opentelemetry/sdk-trace-node';

/** OpenTelemetry's own exporter, told where to export by nothing but the environment. */
export function exporterOf(protocol: string | undefined): SpanExporter {
  diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN);
  if (protocol === 'grpc') return new GrpcExporter();
  return protocol === 'http' ? new HttpExporter() : new ProtoExporter();
}
