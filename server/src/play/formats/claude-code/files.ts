import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const SUB_AGENT_FILE = /^agent-(.+?)\.jsonl(\.gz)?$/;

export interface SubAgentFile {
  file: string;
  agentId: string;
}

/** `<dir>/<session>.jsonl` has its sub-agents' logs in `<dir>/<session>/subagents/`. */
export function subAgentFolder(sessionFile: string): string {
  const session = basename(sessionFile).replace(/\.jsonl(\.gz)?$/, '');
  return join(dirname(sessionFile), session, 'subagents');
}

/** In the order of their names; none when there is no such folder. */
export async function findSubAgents(sessionFile: string): Promise<SubAgentFile[]> {
  const folder = subAgentFolder(sessionFile);
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  return names.toSorted(compareNames).flatMap((name) => {
    const agentId = SUB_AGENT_FILE.exec(name)?.[1];
    return agentId === undefined ? [] : [{ file: join(folder, name), agentId }];
  });
}

function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
