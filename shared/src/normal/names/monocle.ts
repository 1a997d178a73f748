/**
 * Monocle numbers what takes part in a span: `entity.2.name` beside `entity.2.type` =
 * `model.llm.gpt-4o`. Of the first entity whose type begins so, a field becomes an attribute.
 */
export interface EntityRule {
  /** Spans whose `span.type` is one of these, or begins with one that ends in a dot. */
  types: readonly string[];
  operation: string;
  fields: readonly {
    entity: string;
    field: string;
    /** The type's own rest is the value. */
    rest?: true;
    name: string;
  }[];
}

export const ENTITIES: readonly EntityRule[] = [
  {
    types: ['inference', 'inference.framework'],
    operation: 'chat',
    fields: [
      { entity: 'model.llm', field: 'name', name: 'gen_ai.request.model' },
      { entity: 'inference.', field: 'type', rest: true, name: 'gen_ai.provider.name' },
      { entity: 'inference.', field: 'provider_name', name: 'server.address' },
    ],
  },
  {
    types: ['agentic.tool.invocation', 'agentic.mcp.invocation'],
    operation: 'execute_tool',
    fields: [
      { entity: '', field: 'name', name: 'gen_ai.tool.name' },
      { entity: '', field: 'description', name: 'gen_ai.tool.description' },
    ],
  },
  {
    types: ['agentic.'],
    operation: 'invoke_agent',
    fields: [
      { entity: 'agent.', field: 'name', name: 'gen_ai.agent.name' },
      { entity: 'agent.', field: 'description', name: 'gen_ai.agent.description' },
    ],
  },
];
