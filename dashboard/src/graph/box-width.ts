import type { AgentNode, Use } from './agent-graph.ts';
import { shortName } from './short-name.ts';

/** Room for a name and its numbers; a name that is longer than most has its box made wider. */
const AGENT_PX = { least: 240, most: 360 };
const USE_PX = { least: 264, most: 380 };
/** Of a character as the boxes write it, with some to spare: fonts differ. */
const TITLE_CHARACTER_PX = 9;
const ROW_CHARACTER_PX = 7.5;
/** Icon and padding, and what stands behind a name. */
const TITLE_BESIDE_PX = 52;
const WORD_PX = 58;
const COUNT_PX = 92;
/** Letters of Chinese, Japanese and Korean are as wide as two others. */
const WIDE = /[\u2e80-\uffdc]/g;

/** One width for all, so that columns are even. */
export function agentWidth(
  agents: readonly { agent: AgentNode; listed: readonly Use[] }[],
): number {
  return between(
    AGENT_PX,
    agents.flatMap(({ agent, listed }) => [
      lengthOf(agent.name) * TITLE_CHARACTER_PX +
        TITLE_BESIDE_PX +
        (agent.errors > 0 ? WORD_PX : 0) +
        (agent.lost > 0 ? WORD_PX : 0),
      ...listed.map(rowPx),
    ]),
  );
}

export function useWidth(uses: readonly Use[]): number {
  return between(USE_PX, uses.map(rowPx));
}

function rowPx({ name, errors, lost, tokens }: Use): number {
  const words = (errors > 0 ? WORD_PX : 0) + (lost > 0 ? WORD_PX : 0);
  const beside = COUNT_PX + words + (tokens > 0 ? WORD_PX + 20 : 0);
  return lengthOf(name) * ROW_CHARACTER_PX + beside;
}

function lengthOf(name: string): number {
  const shown = shortName(name);
  return shown.length + (shown.match(WIDE)?.length ?? 0);
}

function between({ least, most }: typeof AGENT_PX, wanted: readonly number[]): number {
  const widest = wanted.reduce((a, b) => Math.max(a, b), 0);
  return Math.min(most, Math.max(least, Math.ceil(widest / 4) * 4));
}
