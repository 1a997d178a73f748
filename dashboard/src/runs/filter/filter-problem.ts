import { QueryError, SpantailError, parseFilter } from '@spantail/protocol';

export interface FilterProblem {
  problem: string;
  /** Index of the character it is about. */
  position: number | undefined;
}

/** What is wrong with a filter's text; `undefined`: nothing. */
export function problemOf(text: string): FilterProblem | undefined {
  try {
    parseFilter(text, { subject: 'run', nowUs: Date.now() * 1_000 });
    return undefined;
  } catch (error) {
    return problemIn(error);
  }
}

/** An error's complaint of the filter; `undefined`: it is about something else. */
export function problemIn(error: unknown): FilterProblem | undefined {
  if (!(error instanceof SpantailError) || error.code !== 'QUERY_INVALID') return undefined;
  // Behind the first line comes a picture of the place, for terminals.
  const [line = ''] = error.message.split('\n');
  return {
    problem: line.replace(/^q: /, ''),
    position: error instanceof QueryError ? error.position : undefined,
  };
}
