import type { Archive, Gateway } from 'spantail';
import { startTestGateway, type TestGateway } from '../gateway.ts';
import { MemoryArchive } from '../memory-archive.ts';
import { fillArchive, type ArchiveRun } from './fill-archive.ts';

export interface Answer<Body = Record<string, unknown>> {
  status: number;
  type: string;
  body: Body;
}

export interface ArchiveGateway extends TestGateway {
  gateway: Gateway;
  archive: Archive;
  /** `path` below `/api/v1`. */
  get: <Body>(path: string, parameters?: Record<string, string>) => Promise<Answer<Body>>;
}

/** A gateway with a record of these runs. */
export async function startArchiveGateway(
  runs: ArchiveRun[],
  archive: Archive = new MemoryArchive(),
): Promise<ArchiveGateway> {
  await fillArchive(archive, runs);
  const gateway = await startTestGateway({ archive });
  return { ...gateway, archive, get: getJson(gateway.url) };
}

export function getJson(url: string): ArchiveGateway['get'] {
  return async <Body>(
    path: string,
    parameters: Record<string, string> = {},
  ): Promise<Answer<Body>> => {
    const search = new URLSearchParams(parameters).toString();
    const response = await fetch(`${url}/api/v1${path}${search === '' ? '' : `?${search}`}`);
    return {
      status: response.status,
      type: response.headers.get('content-type') ?? '',
      body: (await response.json()) as Body,
    };
  };
}
