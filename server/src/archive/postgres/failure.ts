import { SpantailError } from '@spantail/protocol';

/** SQLSTATE of an error of the server, or the code of the system's. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** What a query was given cannot be compared with, or is more than a statement can hold. */
const QUERY_CLASSES = /^(?:22|54)/;
const QUERY_CANCELED = '57014';

/** The error a read rejects with. */
export function queryFailure(where: string, error: unknown): SpantailError {
  if (error instanceof SpantailError) return error;
  const code = codeOf(error);
  if (QUERY_CLASSES.test(code))
    return new SpantailError('QUERY_INVALID', `the query is too large or compares what cannot be`, {
      cause: error,
    });
  if (code === QUERY_CANCELED)
    return new SpantailError('ARCHIVE_UNAVAILABLE', 'the query took too long; narrow it', {
      cause: error,
    });
  return archiveFailure(where, error);
}

export function archiveFailure(where: string, error: unknown): SpantailError {
  if (error instanceof SpantailError) return error;
  return new SpantailError('ARCHIVE_UNAVAILABLE', `${where}: ${describe(error)}`, { cause: error });
}

/** What to do about it, where that is known. */
function describe(error: unknown): string {
  switch (codeOf(error)) {
    case 'ECONNREFUSED':
      return 'the connection was refused; start PostgreSQL there, or give another --archive address';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'no such host; check the --archive address';
    case '28P01':
    case '28000':
      return `${messageOf(error)}; check user and password of the --archive address`;
    case '3D000':
      return `${messageOf(error)}; make it with createdb, or give another --archive address`;
    case '42501':
      return `${messageOf(error)}; the user needs the right to create a schema in the database`;
    default:
      return messageOf(error);
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // One attempt for each address of a host: the first one's words.
  if (error instanceof AggregateError && error.message === '') return messageOf(error.errors[0]);
  return error.message;
}

/** Serialization, deadlock, a server that starts, stops or is full, a connection that broke. */
const TRANSIENT = /^(?:40001|40P01|57P0[1-4]|08(?!P01)...|53300|E[A-Z_]+)$/;

/** The driver's own words, which have no code. */
const BROKEN = /^Connection terminated|^timeout exceeded|is not queryable$|^Query read timeout/;

/** Whether the same transaction may succeed when it is done again. */
export function isTransient(error: unknown): boolean {
  if (TRANSIENT.test(codeOf(error))) return true;
  return error instanceof Error && BROKEN.test(error.message);
}
