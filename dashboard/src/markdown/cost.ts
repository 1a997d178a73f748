/** What a reader of markdown has to look at again for each of its kind: its time grows as the square. */
const MARKS = /[*_[\]~<!`\\&\n-]/g;
/** Squares of marks that one text may cost: about half a second of a page's time at worst. */
const BUDGET = 9_000_000;

/** Which blocks may be read as markdown: the others are shown as text, so that none holds up a page. */
export function affordable(blocks: readonly string[]): boolean[] {
  let left = BUDGET;
  return blocks.map((block) => {
    const marks = block.match(MARKS)?.length ?? 0;
    if (marks * marks > left) return false;
    left -= marks * marks;
    return true;
  });
}

const MOST_CODE_CHARACTERS = 12_000;

/** Whether code may be coloured: on words and lines without end the highlighter hardly comes back. */
export function isHighlightable(code: string): boolean {
  return code.length <= MOST_CODE_CHARACTERS && !/\w{200}|\s{400}|[^\n]{1000}/.test(code);
}
