import type { TimeUs } from '@spantail/protocol';
import type { JsonValue, RecordedAction, SpanKey } from '../../recorded/action.ts';
import { asString } from '../../source/json-value.ts';
import type { AssistantLine, UserLine } from './line.ts';
import type { ModelSpan } from './model-span.ts';
import { closeModel, growModel, openModel } from './model-span.ts';

/** What is known of one agent of the session: its span, its conversation, its running call. */
export class AgentTrack {
  readonly key: SpanKey;
  /** Every call of the session by message id, whichever agent made it. */
  readonly #models: Map<string, ModelSpan>;
  /** Messages the next model call will be given. */
  #context: JsonValue[] = [];
  /** When the last message a model could answer to was logged. */
  #contextUs: TimeUs;
  #model: ModelSpan | undefined;
  lastUs: TimeUs;
  lastText: string | undefined;
  closed = false;

  constructor(key: SpanKey, atUs: TimeUs, models: Map<string, ModelSpan>) {
    this.key = key;
    this.#models = models;
    this.#contextUs = atUs;
    this.lastUs = atUs;
  }

  /** A block of a model's message: opens the call's span, or lets it grow. */
  assistant(line: AssistantLine): RecordedAction[] {
    const actions: RecordedAction[] = [];
    const known = this.#models.get(line.messageId);
    if (known !== undefined && known !== this.#model) return this.#lateBlock(line, known);
    if (known === undefined) {
      actions.push(...this.endModel());
      // The call began when its last input was there, long before its first block was complete.
      const startUs = Math.min(line.atUs, this.#contextUs);
      const { span, action } = openModel(line, this.key, startUs, this.#context);
      this.#model = span;
      this.#models.set(line.messageId, span);
      actions.push(action);
    }
    const model = this.#model;
    if (model === undefined) return actions;
    actions.push(...growModel(model, line));
    remember(model);
    for (const block of line.blocks)
      if (block['type'] === 'text') this.lastText = asString(block['text']) ?? this.lastText;
    if (line.final && !model.closed) actions.push(closeModel(model));
    this.#contextUs = Math.max(this.#contextUs, line.atUs);
    return actions;
  }

  /** A block of a message that seemed complete, or that another agent's log repeats. */
  #lateBlock(line: AssistantLine, model: ModelSpan): RecordedAction[] {
    if (model.context !== this.#context) {
      this.#context.push({ role: 'assistant', content: line.blocks });
      return [];
    }
    const actions = growModel(model, line);
    remember(model);
    return actions;
  }

  /** A prompt or tool results. A prompt ends the model's message; results may come amid it. */
  user(line: UserLine): RecordedAction[] {
    const actions = line.results.length === 0 ? this.endModel() : [];
    this.#context.push({ role: 'user', content: line.content });
    this.#contextUs = Math.max(this.#contextUs, line.atUs);
    return actions;
  }

  /** The model's message is complete. */
  endModel(): RecordedAction[] {
    const model = this.#model;
    this.#model = undefined;
    return model === undefined || model.closed ? [] : [closeModel(model)];
  }

  /** The conversation starts again with what follows. */
  restart(atUs: TimeUs): RecordedAction[] {
    this.#context = [];
    this.#contextUs = Math.max(this.#contextUs, atUs);
    return this.endModel();
  }
}

/** A new object each time: earlier calls' inputs keep the message as it was. */
function remember({ context, contextIndex, blocks }: ModelSpan): void {
  context[contextIndex] = { role: 'assistant', content: blocks };
}
