import type { LoadPayload } from '../payload/use-loaded.ts';
import type { ConversationRow } from './rows.ts';

/** What the content of every kind of row is given. */
export interface RowProps {
  row: ConversationRow;
  nowUs: number;
  load: LoadPayload;
}
