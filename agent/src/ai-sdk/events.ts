/**
 * What is used of the AI SDK's telemetry events. Everything but the ids may be absent: events differ
 * by operation, and a next version may leave something out.
 */
export interface CallEvent {
  readonly callId: string;
  /** False: the program's texts are not to be recorded. */
  readonly recordInputs?: boolean | undefined;
  readonly recordOutputs?: boolean | undefined;
  readonly functionId?: string | undefined;
  /** When it happened, milliseconds since the epoch, if it is told afterwards. */
  readonly timestamp?: number | undefined;
}

interface ModelInfo {
  readonly provider?: string;
  readonly modelId?: string;
}

/** What a model is given. */
export interface PromptEvent {
  readonly instructions?: unknown;
  readonly system?: unknown;
  readonly prompt?: unknown;
  readonly messages?: unknown;
  readonly promptMessages?: unknown;
}

export interface OperationStartEvent extends CallEvent, ModelInfo, PromptEvent {
  /** `ai.generateText` and others. */
  readonly operationId?: string;
  readonly runtimeContext?: unknown;
  /** Of embeddings, reranking and speech. */
  readonly value?: unknown;
  readonly query?: unknown;
  readonly documents?: unknown;
  readonly text?: unknown;
}

export interface StepEvent extends CallEvent, ModelInfo {
  readonly stepNumber?: number;
  readonly finishReason?: unknown;
}

export interface FailureEvent extends CallEvent {
  readonly error?: unknown;
}

export interface AbortEvent extends CallEvent {
  readonly reason?: unknown;
}

export interface ModelStartEvent extends CallEvent, ModelInfo, PromptEvent {
  readonly tools?: unknown;
}

export interface ModelEndEvent extends CallEvent, ModelInfo {
  readonly content?: unknown;
  /** Of `generateObject`, in place of the content. */
  readonly objectText?: unknown;
  readonly reasoning?: unknown;
  readonly finishReason?: unknown;
  readonly usage?: unknown;
  readonly responseId?: unknown;
  readonly response?: unknown;
  readonly providerMetadata?: unknown;
  readonly performance?: unknown;
}

export interface ToolEvent extends CallEvent {
  readonly toolCall: {
    readonly toolCallId: string;
    readonly toolName: string;
    readonly input?: unknown;
  };
  readonly toolOutput?: unknown;
}

/** One request of embeddings or of a ranking. */
export interface RequestEvent extends CallEvent, ModelInfo {
  readonly embedCallId?: string;
  readonly values?: unknown;
  readonly embeddings?: unknown;
  readonly usage?: unknown;
  readonly documents?: unknown;
  readonly query?: unknown;
  readonly ranking?: unknown;
}

export interface OperationEndEvent extends CallEvent {
  readonly text?: unknown;
  readonly object?: unknown;
  readonly error?: unknown;
  readonly embedding?: unknown;
  readonly ranking?: unknown;
  readonly finishReason?: unknown;
}

/** The model call and the tool are run by whoever observes them. */
export interface Execution<T> {
  readonly callId: string;
  readonly execute: () => PromiseLike<T>;
}
