import type { Connection } from './connection.ts';
import { storedText } from './stored-text.ts';

/** Projects by number, which never change: each is asked for once. */
export class Projects {
  readonly #connection: Connection;
  readonly #ids = new Map<string, number>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** `undefined`: nothing was ever archived for it. */
  async find(name: string): Promise<number | undefined> {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const [row] = await this.#connection.query<{ id: number }>(
      'SELECT id FROM spantail.projects WHERE name = $1',
      [storedText(name)],
    );
    if (row !== undefined) this.#ids.set(name, row.id);
    return row?.id;
  }

  /** Their numbers, made where there is none yet. */
  async ensure(names: Iterable<string>): Promise<Map<string, number>> {
    const ids = new Map<string, number>();
    for (const name of new Set(names))
      ids.set(name, (await this.find(name)) ?? (await this.#make(name)));
    return ids;
  }

  async #make(name: string): Promise<number> {
    await this.#connection.transaction((client) =>
      client.query('INSERT INTO spantail.projects (name) VALUES ($1) ON CONFLICT DO NOTHING', [
        storedText(name),
      ]),
    );
    const id = await this.find(name);
    if (id === undefined) throw new Error(`project ${name} was removed while it was made`);
    return id;
  }
}
