import { SpantailError } from '@spantail/protocol';
import type { Archive } from 'spantail';

/** What becomes of a call; `lost`: it takes effect, and its answer does not come. */
export type ArchiveFate = 'works' | 'fails' | 'lost';

/** An archive whose calls do what the test decides, call by call. */
export function failingArchive(archive: Archive, fate: (method: string) => ArchiveFate): Archive {
  return new Proxy(archive, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]): Promise<unknown> => {
        const is = name === 'close' ? 'works' : fate(String(name));
        if (is === 'fails') throw away();
        const result: unknown = await value.apply(target, args);
        if (is === 'lost') throw away();
        return result;
      };
    },
  });
}

function away(): SpantailError {
  return new SpantailError('ARCHIVE_UNAVAILABLE', 'the archive is away, says the test');
}
