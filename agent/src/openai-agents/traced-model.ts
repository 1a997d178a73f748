import { attempt } from '../adapter/attempt.ts';
import type { Span } from '../tracer/span.ts';
import { currentSpan } from './current-span.ts';
import type { AgentsModelRequest } from './framework-types.ts';
import { ModelCall, modelCalls } from './model-calls.ts';
import type { RunSpans } from './run-spans.ts';
import { modelSpanName } from './span-facts.ts';
import { watchStream } from './watch-stream.ts';

type GetResponse = (request: AgentsModelRequest) => Promise<unknown>;
type GetStream = (request: AgentsModelRequest) => AsyncIterable<unknown>;

/**
 * The same model; its calls have their input from the start, and show their text as it comes. Models
 * that open no span for a call, as a program's own may, get one.
 */
export function tracedModel<Model extends object>(
  model: Model,
  spans: RunSpans,
  name?: string,
): Model {
  const getResponse = async (request: AgentsModelRequest): Promise<unknown> => {
    const run = (): Promise<unknown> =>
      (model as { getResponse: GetResponse }).getResponse(request);
    const call = beginCall(request, spans, name);
    if (call === undefined) return run();
    return closing(call, async () => {
      const response = await modelCalls.run(call, run);
      attempt(() => call.answer(response));
      return response;
    });
  };
  const getStreamedResponse = (request: AgentsModelRequest): AsyncIterable<unknown> => {
    const stream = (model as { getStreamedResponse: GetStream }).getStreamedResponse(request);
    return watchStream(stream, () => beginCall(request, spans, name));
  };
  const replaced = new Map<PropertyKey, unknown>([
    ['getResponse', getResponse],
    ['getStreamedResponse', getStreamedResponse],
  ]);
  return replacing(model, replaced);
}

/** The same model provider, whose models are traced. */
export function tracedModelProvider<Provider extends object>(
  provider: Provider,
  spans: RunSpans,
): Provider {
  const wrap = (model: unknown, name: string | undefined): unknown =>
    isModel(model) ? tracedModel(model, spans, name) : model;
  const getModel = (name?: string): unknown => {
    const model = (provider as { getModel(name?: string): unknown }).getModel(name);
    return model instanceof Promise ? model.then((got) => wrap(got, name)) : wrap(model, name);
  };
  return replacing(provider, new Map([['getModel', getModel]]));
}

function isModel(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'getStreamedResponse' in value;
}

/** Stays an instance of its class; methods run on the object itself, which may have private fields. */
function replacing<T extends object>(target: T, replaced: ReadonlyMap<PropertyKey, unknown>): T {
  return new Proxy(target, {
    get(_, key) {
      if (replaced.has(key)) return replaced.get(key);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' && key !== 'constructor'
        ? (value as (...args: unknown[]) => unknown).bind(target)
        : value;
    },
    set: (_, key, value) => Reflect.set(target, key, value, target),
  });
}

function beginCall(
  request: AgentsModelRequest,
  spans: RunSpans,
  name: string | undefined,
): ModelCall | undefined {
  return attempt(() => {
    if (request.tracing === false) return undefined;
    const showsContent = request.tracing === true;
    const { systemInstructions, input, modelSettings } = request;
    const parent = parentOf(request, spans);
    const span = parent?.startSpan(modelSpanName(name), {
      type: 'model',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': name,
        'openai.agents.model_settings': modelSettings,
        ...(showsContent ? { 'gen_ai.system_instructions': systemInstructions } : {}),
      },
      ...(showsContent ? { input } : {}),
    });
    return new ModelCall(span, showsContent);
  });
}

/** The step that asks the model, as the runner names it, else the one that is running. */
function parentOf(request: AgentsModelRequest, spans: RunSpans): Span | undefined {
  const { _internal: internal } = request as { _internal?: { tracingParent?: unknown } };
  const parent = currentSpan(internal?.tracingParent);
  return parent === undefined ? undefined : spans.find(parent.traceId, parent.spanId);
}

async function closing<T>(call: ModelCall, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (thrown) {
    call.fail(thrown);
    throw thrown;
  } finally {
    call.end();
  }
}
