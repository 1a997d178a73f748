/** Characters of one block: the browser lays out only the blocks that are seen. */
const BLOCK_CHARACTERS = 6_000;

/** Cuts a text at ends of lines where it can; joined, the blocks are the text without those ends. */
export function textBlocks(text: string, characters = BLOCK_CHARACTERS): string[] {
  const blocks: string[] = [];
  let start = 0;
  while (text.length - start > characters) {
    const end = text.lastIndexOf('\n', start + characters);
    const isLine = end > start;
    const cut = isLine ? end : pairSafe(text, start + characters);
    blocks.push(text.slice(start, cut));
    start = isLine ? cut + 1 : cut;
  }
  blocks.push(text.slice(start));
  return blocks;
}

/** Not between the halves of a character. */
function pairSafe(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}
