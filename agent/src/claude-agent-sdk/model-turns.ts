import { fieldsOf, type Fields } from '../adapter/fields-of.ts';
import { nowUs } from '../tracer/clock.ts';
import type { EndOptions } from '../tracer/span-options.ts';
import type { Span } from '../tracer/span.ts';
import { MessageBlocks } from './message-blocks.ts';
import { listOf, textOf } from './read.ts';
import { readUsage } from './usage.ts';

/** Ids of messages that are over, of the last few: their whole form may come behind their stream. */
const MOST_DONE = 64;

interface Turn {
  id: string | undefined;
  span: Span;
  blocks: MessageBlocks;
  isStreamed: boolean;
}

/**
 * The model calls of one agent, which come one after another. The SDK has no hook for them: a call is
 * known by the first event of its stream, and began when the agent had its input together.
 */
export class ModelTurns {
  readonly #parent: () => Span;
  #turn: Turn | undefined;
  /** What the agent got since its last call. */
  #inputs: unknown[] = [];
  #inputUs: number;
  readonly #done: string[] = [];

  constructor(parent: () => Span, prompt?: unknown) {
    this.#parent = parent;
    this.#inputUs = nowUs();
    if (prompt !== undefined) this.#inputs.push({ role: 'user', content: prompt });
  }

  /** A message to the model: results of tools, or what the user says. */
  addInput(message: unknown): void {
    this.end();
    this.#inputs.push(message);
    this.#inputUs = nowUs();
  }

  /** From here on it is the model's time. */
  ready(): void {
    this.#inputUs = nowUs();
  }

  seeEvent(event: Fields): void {
    if (event['type'] === 'message_start') {
      const message = fieldsOf(event['message']);
      this.#begin(message, true);
      return;
    }
    const turn = this.#turn;
    if (turn === undefined) return;
    turn.span.append(turn.blocks.see(event));
    if (event['type'] === 'message_delta') {
      turn.span.setUsage(readUsage(fieldsOf(event['usage'])));
      this.#setReason(turn, fieldsOf(event['delta'])['stop_reason']);
    } else if (event['type'] === 'message_stop') this.end();
  }

  /** The message whole; where it is not streamed, one for each of its blocks, under one id. */
  seeMessage(message: Fields, error: unknown): void {
    const id = textOf(message['id']);
    if (id !== undefined && this.#done.includes(id)) return;
    const isNew = this.#turn === undefined || this.#turn.id !== id;
    const turn = isNew ? this.#begin(message, false) : this.#turn;
    if (turn === undefined) return;
    if (typeof error === 'string') turn.span.fail(modelError(error));
    if (turn.isStreamed) return;
    turn.blocks.add(listOf(message['content']));
    turn.span.setUsage(readUsage(fieldsOf(message['usage'])));
    this.#setReason(turn, message['stop_reason']);
  }

  end(options: EndOptions = {}): void {
    const turn = this.#turn;
    if (turn === undefined) return;
    this.#turn = undefined;
    if (turn.id !== undefined) this.#done.push(turn.id);
    if (this.#done.length > MOST_DONE) this.#done.shift();
    turn.span.end({ output: turn.blocks.output, ...options });
  }

  #begin(message: Fields, isStreamed: boolean): Turn {
    this.end();
    const model = textOf(message['model']);
    const span = this.#parent().startSpan(model === undefined ? 'chat' : `chat ${model}`, {
      type: 'model',
      startUs: this.#inputUs,
      ...(this.#inputs.length === 0 ? {} : { input: this.#inputs }),
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'anthropic',
        'gen_ai.request.model': model,
        'gen_ai.response.model': model,
        'gen_ai.response.id': message['id'],
      },
    });
    span.setUsage(readUsage(fieldsOf(message['usage'])));
    this.#inputs = [];
    this.#inputUs = nowUs();
    this.#turn = { id: textOf(message['id']), span, blocks: new MessageBlocks(), isStreamed };
    return this.#turn;
  }

  #setReason(turn: Turn, reason: unknown): void {
    if (typeof reason === 'string')
      turn.span.setAttributes({ 'gen_ai.response.finish_reasons': [reason] });
  }
}

function modelError(kind: string): Error {
  const error = new Error(`the model call failed: ${kind}`);
  error.name = kind;
  delete error.stack;
  return error;
}
