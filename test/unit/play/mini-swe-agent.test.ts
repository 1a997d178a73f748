import { describe, expect, it } from 'vitest';
import { fixture } from '../../support/play/fixture.ts';
import { countsOf, shapeOf } from '../../support/play/run-shape.ts';

const REQUESTS = 'mini-swe-agent/psf__requests-1766.traj.json.gz';

describe('a recorded mini-swe-agent trajectory', () => {
  it('has one model span a reply and one tool span a command, failed by return code', async () => {
    const shape = shapeOf(await fixture(REQUESTS));
    expect(shape.problems).toEqual([]);
    expect(countsOf(shape)).toEqual({
      spans: 51,
      model: 25,
      tool: 25,
      agent: 1,
      depth: 2,
      failed: 2,
    });
    const failed = [...shape.spans.values()].filter(({ close }) => close?.status === 'error');
    for (const { open, close } of failed) {
      expect(open.spanType).toBe('tool');
      expect(close?.error?.message).toMatch(/^the command ended with return code \d+$/);
      expect(close?.output).toMatch(/^<returncode>[1-9]/);
    }
  });

  it("[PROM10] a call's input is every message before it", async () => {
    const run = await fixture(REQUESTS);
    const inputs = run.actions.flatMap((action) =>
      action.type === 'open' && action.spanType === 'model' ? [action.input as unknown[]] : [],
    );
    expect(inputs.map((input) => input.length)).toEqual(inputs.map((_, index) => 2 * index + 2));
    expect(inputs.at(-1)?.slice(0, 2)).toEqual(inputs[0]);
  });

  it('a command runs between its call and the next one; usage and cost come from the provider', async () => {
    const { spans } = shapeOf(await fixture(REQUESTS));
    const [model, tool, next] = ['model:0', 'tool:0', 'model:1'].map((key) => spans.get(key));
    expect(tool?.open.startUs).toBe(model?.close?.endUs);
    expect(tool?.close?.endUs).toBe(next?.open.startUs);
    expect(model?.close?.usage?.inputTokens).toBeGreaterThan(1_000);
    expect(model?.close?.usage?.costUsd).toBeGreaterThan(0);
    expect(tool?.open.input).toEqual({ command: expect.stringMatching(/^\S/) });
  });
});
