import OpenAI from 'openai';

const USAGE = {
  input_tokens: 12,
  output_tokens: 4,
  total_tokens: 16,
  input_tokens_details: { cached_tokens: 8 },
  output_tokens_details: { reasoning_tokens: 2 },
};

/** The SDK's own model classes on a client whose service is this function. */
export function offlineClient(): OpenAI {
  return new OpenAI({ apiKey: 'none', fetch: answer, maxRetries: 0 });
}

const answer: typeof fetch = async (to, init) => {
  const url = to instanceof Request ? to.url : to.toString();
  const body = typeof init?.body === 'string' ? init.body : '{}';
  const request = JSON.parse(body) as { stream?: boolean };
  if (body.includes('make it fail'))
    return Response.json({ error: { message: 'no such model', code: 'gone' } }, { status: 404 });
  const isChat = url.includes('chat/completions');
  const deltas = ['Hel', 'lo ', 'there'];
  if (request.stream !== true)
    return Response.json(isChat ? completion(deltas.join('')) : response(deltas.join('')));
  const events = isChat ? chunks(deltas) : responseEvents(deltas);
  const lines = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
  return new Response(`${lines}data: [DONE]\n\n`, {
    headers: { 'content-type': 'text/event-stream' },
  });
};

function response(text: string) {
  const content = [{ type: 'output_text', text, annotations: [] }];
  return {
    id: 'resp_1',
    object: 'response',
    status: 'completed',
    model: 'gpt-offline-2026',
    output: [{ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content }],
    usage: USAGE,
  };
}

function responseEvents(deltas: string[]) {
  return [
    { type: 'response.created', response: { id: 'resp_1' } },
    ...deltas.map((delta) => ({
      type: 'response.output_text.delta',
      item_id: 'msg_1',
      output_index: 0,
      content_index: 0,
      delta,
    })),
    { type: 'response.completed', response: response(deltas.join('')) },
  ];
}

const CHAT_USAGE = {
  prompt_tokens: 12,
  completion_tokens: 4,
  total_tokens: 16,
  prompt_tokens_details: { cached_tokens: 8 },
  completion_tokens_details: { reasoning_tokens: 2 },
};

function completion(content: string) {
  const message = { role: 'assistant', content };
  return {
    id: 'chat_1',
    object: 'chat.completion',
    model: 'gpt-offline-2026',
    choices: [{ index: 0, finish_reason: 'stop', message }],
    usage: CHAT_USAGE,
  };
}

function chunks(deltas: string[]) {
  const chunk = { id: 'chat_1', object: 'chat.completion.chunk', model: 'gpt-offline-2026' };
  return [
    ...deltas.map((content) => ({ ...chunk, choices: [{ index: 0, delta: { content } }] })),
    { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: CHAT_USAGE },
  ];
}
