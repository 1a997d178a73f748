/** Of each row, in both panes. */
export const ROW_PX = 26;
