/** Messages that say `text` in every place a message can say something. */
export function messagesOf(text: string): unknown[] {
  return [
    { role: text.slice(0, 50), name: text, content: text },
    {
      role: 'user',
      content: [
        { type: 'text', text },
        { type: 'image_url', image_url: { url: text } },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: text },
        { type: 'tool_use', id: text, name: text, input: { [text]: text, command: text } },
      ],
    },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: text, function: { name: text, arguments: text } }],
    },
    { role: 'tool', tool_call_id: text, name: text, content: text },
    { role: 'user', parts: [{ type: text, content: text }] },
  ];
}
