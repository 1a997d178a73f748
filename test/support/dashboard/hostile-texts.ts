/** What it would run if it ran: the page's own `pwned`. */
const RUN = 'window.pwned=1';

/** Texts that agents, tools and web pages may send, each an attack on a page that shows it. */
export const HOSTILE_TEXTS: readonly string[] = [
  `<script>${RUN}</script>`,
  `</script><script>${RUN}</script>`,
  `<img src=x onerror="${RUN}">`,
  `<svg onload="${RUN}"><script>${RUN}</script></svg>`,
  `<iframe srcdoc="<script>parent.${RUN}</script>"></iframe>`,
  `<a href="javascript:${RUN}" onclick="${RUN}">click</a>`,
  `<style>@import 'https://evil.example/x.css'</style><link rel=stylesheet href=https://evil.example/y.css>`,
  `<meta http-equiv="refresh" content="0;url=https://evil.example">`,
  `<form action="https://evil.example"><input autofocus onfocus="${RUN}"></form>`,
  `"><img src="https://evil.example/pixel.png">`,
  `# Title\n\n[click](javascript:${RUN}) [tab](java\tscript:${RUN}) [data](data:text/html,<script>${RUN}</script>)`,
  `**x** ![pixel](https://evil.example/pixel.png) ![js](javascript:${RUN}) ![svg](data:image/svg+xml,<svg onload=${RUN}>)`,
  `**x** [ref][a] ![ref][b] <javascript:${RUN}> <https://evil.example>\n\n[a]: javascript:${RUN}\n[b]: https://evil.example/ref.png`,
  `**x** [![nested](https://evil.example/n.png)](javascript:${RUN})`,
  `[title](https://a.example "\\" onmouseover=\\"${RUN}") **x**`,
  '| a | b |\n|---|---|\n| <img src=x onerror=window.pwned=1> | [x](vbscript:x) |',
  `\`\`\`html\n<script>${RUN}</script>\n\`\`\``,
  `\`\`\`"><script>${RUN}</script>\nx\n\`\`\``,
  '- [ ] <input onfocus=window.pwned=1 autofocus>\n- [x] **done**\n\nfoot[^1]\n\n[^1]: <script>window.pwned=1</script>',
  `data:text/html,<script>${RUN}</script>`,
  `data:image/svg+xml;base64,${Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" onload="${RUN}"/>`).toString('base64')}`,
  `{{constructor.constructor('${RUN}')()}} \${${RUN}} <%= ${RUN} %>`,
  'safe\u202e\u2066gnp.exe\u2069\u200b\u200d\ufeff\u0000\u0007\u001b[31mred\u001b]8;;https://evil.example\u0007link',
  '\ud83d lone \udc00',
  'x'.repeat(20_000),
  // What a careless parser of markdown takes minutes for.
  `**x** ${'*a_'.repeat(5_000)}`,
  `**x** ${'[a]'.repeat(5_000)}`,
  'Z̸͍͝a'.repeat(500),
  '__proto__',
  'constructor',
];

/** JSON whose keys and depth are the attack. */
export const HOSTILE_JSON: readonly string[] = [
  '{"__proto__":{"pwned":1},"constructor":{"prototype":{"pwned":1}},"toString":"x","hasOwnProperty":1}',
  '{"role":"__proto__","content":[{"type":"constructor"},{"type":"text","text":{"toString":1}}]}',
  '[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://evil.example/i.png"}},{"type":"image_url","image_url":{"url":"javascript:window.pwned=1"}}]}]',
  '[{"role":"assistant","tool_calls":[{"function":{"name":"<b>","arguments":"{\\"__proto__\\":1"}}],"content":null}]',
  '{"$$typeof":"Symbol(react.element)","type":"script","props":{"dangerouslySetInnerHTML":{"__html":"<img src=x onerror=window.pwned=1>"}}}',
  '{"messages":{"length":5},"choices":"x","parts":7}',
];

/** Nested deeper than a function may call itself. */
export function deepJson(levels: number, open = '[', close = ']'): string {
  return `${open.repeat(levels)}${close.repeat(levels)}`;
}
