/** A piece of a line in one look, at its column. */
export interface Piece {
  column: number;
  text: string;
  /** Class names of its look, such as `dim` or `bold`. */
  look: string;
}

/** The few styles that the terminal views use. */
const LOOKS: Record<string, string> = {
  1: 'bold',
  2: 'dim',
  31: 'failed',
  32: 'ok',
  33: 'lost',
  36: 'open',
};
// oxlint-disable-next-line no-control-regex -- the escape sequences of colours are what is read
const STYLE = /\u001B\[(\d+)m/;

/** A frame of our own views, with its colours, as pieces for each line. */
export function readScreen(frame: string): Piece[][] {
  return frame.split('\n').map((line) => {
    const pieces: Piece[] = [];
    let look = '';
    let column = 0;
    // Splitting at a group gives text and code in turn.
    line.split(STYLE).forEach((part, index) => {
      if (index % 2 === 1) {
        look = LOOKS[part] ?? '';
        return;
      }
      const text = part.trimEnd();
      if (text !== '') {
        const lead = text.length - text.trimStart().length;
        pieces.push({ column: column + lead, text: text.trimStart(), look });
      }
      column += columnsOf(part);
    });
    return pieces;
  });
}

function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text)
    columns += /\p{Emoji_Presentation}|\p{Script=Han}/u.test(character) ? 2 : 1;
  return columns;
}
