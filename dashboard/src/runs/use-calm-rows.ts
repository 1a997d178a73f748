import type { RunRow } from '@spantail/protocol';
import { useRef } from 'react';
import { calmRows, type CalmRows } from './calm-rows.ts';

/** @param question its rows are nobody's reading yet when it is another one */
export function useCalmRows(
  newest: readonly RunRow[],
  isReading: boolean,
  question: string,
): CalmRows {
  const last = useRef<{ question: string; rows: readonly RunRow[] }>({ question, rows: [] });
  const shown = last.current.question === question ? last.current.rows : [];
  const calm = calmRows(shown, newest, isReading);
  last.current = { question, rows: calm.rows };
  return calm;
}
