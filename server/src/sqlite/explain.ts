// Primary result codes of SQLite, https://www.sqlite.org/rescode.html
const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;
// What taking a file for oneself fails with that could only be opened for reading.
const SQLITE_IOERR_LOCK = 3_850;

/** Why a file of ours (a `log`, an `archive`) could not be opened, and what to do. */
export function explainOpenError(kind: string, file: string, error: unknown): string {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0;
  switch (code === SQLITE_IOERR_LOCK ? SQLITE_READONLY : code & 0xff) {
    case SQLITE_BUSY:
      return `another gateway has ${file} open; stop it, or choose another data directory`;
    case SQLITE_READONLY:
      return `${file} cannot be written; check its permissions`;
    case SQLITE_CORRUPT:
      return `${file} is damaged; move it away to start with an empty ${kind}`;
    case SQLITE_FULL:
      return `the disk of ${file} is full; make room, or choose another data directory`;
    case SQLITE_CANTOPEN:
      return `${file} cannot be opened; check that its directory exists and can be written`;
    case SQLITE_NOTADB:
      return `${file} is not a database; move it away, or choose another data directory`;
    default:
      return `${file} cannot be opened`;
  }
}
