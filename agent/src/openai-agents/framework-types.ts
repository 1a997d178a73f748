/** What is used of the OpenAI Agents SDK, by shape, so that no version of it is asked for. */

export interface AgentsTrace {
  readonly traceId: string;
  readonly name: string;
  readonly groupId?: string | null | undefined;
  readonly metadata?: Record<string, unknown> | undefined;
}

export interface AgentsSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | null;
  /** Changed in place while the span is open; there is no hook for that. */
  readonly spanData: Readonly<Record<string, unknown>> & { readonly type: string };
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly error: { message: string; data?: Record<string, unknown> | undefined } | null;
}

/** `ModelRequest` */
export interface AgentsModelRequest {
  input: unknown;
  systemInstructions?: unknown;
  modelSettings?: unknown;
  /** `false`: no spans; `'enabled_without_data'`: spans without inputs and outputs. */
  tracing?: unknown;
}

/** `Model` */
export interface AgentsModel {
  getResponse(request: never): Promise<unknown>;
  getStreamedResponse(request: never): AsyncIterable<unknown>;
}

/** `ModelProvider` */
export interface AgentsModelProvider {
  getModel(modelName?: string): unknown;
}
