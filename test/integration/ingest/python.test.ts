import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { eventually, startTestGateway } from '../../support/gateway.ts';
import { entriesOf, treeOf } from '../../support/ingest-json.ts';
import { connect } from '../../support/client/connect.ts';

const ROOT = join(import.meta.dirname, '../../..');
const GUIDE = readFileSync(join(ROOT, 'docs/publish-from-any-language.md'), 'utf8');

function blocks(language: string): string[] {
  const found = GUIDE.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'));
  return [...found].map(([, text = '']) => text);
}

function has(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function unlessAbsent(command: string): typeof it {
  if (has(command)) return it;
  console.warn(`${command} is not installed: the guide's program for it is not tried`);
  return it.skip as typeof it;
}

const run = promisify(execFile);

describe('the guide to publishing from any language', () => {
  it('[IJ10] has the example that lies beside it, in ten lines', () => {
    const [program = ''] = blocks('python');
    expect(program).toBe(readFileSync(join(ROOT, 'examples/python/publish.py'), 'utf8'));
    expect(program.trimEnd().split('\n')).toHaveLength(10);
  });

  unlessAbsent('python3')('[IJ10] has a program that publishes a run from Python', async () => {
    const gateway = await startTestGateway();
    const [program = ''] = blocks('python');
    // Isolated: nothing but the standard library.
    await run('python3', ['-I', '-S', '-c', program], {
      env: { PATH: process.env['PATH'], SPANTAIL_URL: gateway.url, NO_PROXY: '*' },
    });
    const work = await gateway.log.takeWork('test', { maxItems: 9, waitMs: 0, stealAfterMs: 1e9 });
    expect(work).toHaveLength(1);
    const traceId = work[0]?.streamId ?? '';
    expect((await entriesOf(gateway.log, traceId)).map(({ fin }) => fin).indexOf(true)).toBe(8);
    const tree = await treeOf(gateway.log, traceId);
    const [root, ...more] = tree.roots;
    expect(more).toEqual([]);
    expect(root).toMatchObject({ name: 'poet', spanType: 'agent', state: 'closed', status: 'ok' });
    expect(root?.output?.parts).toEqual(['Grey waves fold and rise']);
    expect(root?.children).toMatchObject([
      {
        name: 'chat',
        spanType: 'model',
        state: 'closed',
        outputText: 'Grey waves fold and rise',
        outputComplete: true,
        attributes: { 'gen_ai.request.model': 'gpt-5-mini' },
        usage: { inputTokens: 12, outputTokens: 5 },
      },
    ]);
    expect(root?.children[0]?.startUs).toBeGreaterThanOrEqual(root?.startUs ?? Infinity);
    const watched = connect(gateway).watch(traceId);
    await eventually(() => watched.status === 'live', 'it is live');
    const [span] = watched.tree.roots[0]?.children ?? [];
    expect(await span?.input?.load()).toEqual([
      { role: 'user', content: 'Write a haiku about the sea.' },
    ]);
  });

  unlessAbsent('curl')('[IJ10] has lines for curl, and the answers they get', async () => {
    const gateway = await startTestGateway();
    const [lines = ''] = blocks('sh');
    const script = lines.replaceAll('http://127.0.0.1:7321', gateway.url);
    expect(script).not.toBe(lines);
    const { stdout } = await run('sh', ['-e', '-c', script], {
      env: { PATH: process.env['PATH'], NO_PROXY: '*' },
    });
    const answers = stdout.trim().split('\n');
    expect(answers).toHaveLength(3);
    const documented = JSON.parse(blocks('json')[0] ?? '') as { results: { position: string }[] };
    const first = JSON.parse(answers[0] ?? '') as typeof documented;
    const traceId = (first.results[0] as unknown as { traceId: string }).traceId;
    // All but the place in the log is as the guide says.
    for (const { results } of [first, documented])
      for (const result of results) result.position = 'any';
    expect(first).toEqual(documented);
    const tree = await treeOf(gateway.log, traceId);
    expect(tree.roots).toMatchObject([
      { name: 'nightly report', state: 'closed', logs: [{ message: 'fetching' }] },
    ]);
  });
});
