import { fieldsOf, type Fields } from '../adapter/fields-of.ts';
import { textOf } from './read.ts';

interface Block extends Record<string, unknown> {
  type: string;
}

/** The content of a message of the model, put together from its streaming events. */
export class MessageBlocks {
  readonly #blocks = new Map<unknown, Block>();
  readonly #json = new Map<unknown, string>();

  /** Returns the text by which the answer grew. */
  see(event: Fields): string {
    const { index } = event;
    if (event['type'] === 'content_block_start') {
      const start = fieldsOf(event['content_block']);
      this.#blocks.set(index, { ...start, type: textOf(start['type']) ?? 'unknown' });
      return start['type'] === 'text' ? (textOf(start['text']) ?? '') : '';
    }
    const block = this.#blocks.get(index);
    if (block === undefined || event['type'] !== 'content_block_delta') return '';
    const delta = fieldsOf(event['delta']);
    const text = textOf(delta['text']) ?? '';
    if (delta['type'] === 'text_delta') block['text'] = (textOf(block['text']) ?? '') + text;
    else if (delta['type'] === 'thinking_delta')
      block['thinking'] = (textOf(block['thinking']) ?? '') + (textOf(delta['thinking']) ?? '');
    else if (delta['type'] === 'input_json_delta')
      this.#json.set(index, (this.#json.get(index) ?? '') + (textOf(delta['partial_json']) ?? ''));
    return delta['type'] === 'text_delta' ? text : '';
  }

  add(content: readonly Fields[]): void {
    for (const block of content)
      this.#blocks.set(this.#blocks.size, { ...block, type: textOf(block['type']) ?? 'unknown' });
  }

  /** Plain text when there is nothing but text, so that it is what was streamed; else the blocks. */
  get output(): unknown {
    const blocks = [...this.#blocks].map(([index, block]) => {
      const json = this.#json.get(index);
      return json === undefined ? block : { ...block, input: parsed(json) };
    });
    if (blocks.length === 0) return undefined;
    if (blocks.some(({ type }) => type !== 'text')) return blocks;
    return blocks.map((block) => textOf(block['text']) ?? '').join('');
  }
}

/** The arguments of a call that was broken off are no whole JSON. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return json;
  }
}
