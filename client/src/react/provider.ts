import {
  createContext,
  createElement,
  useContext,
  useEffect,
  useState,
  type ReactNode,
} from 'react';
import type { Client } from '../client.ts';
import type { ConnectionState } from '../connection/connection-state.ts';

const ClientContext = createContext<Client | undefined>(undefined);

export interface SpantailProviderProps {
  /** Made once, outside of any component; whoever made it closes it. */
  client: Client;
  children?: ReactNode;
}

/** Hands a client to the hooks below. */
export function SpantailProvider({ client, children }: SpantailProviderProps): ReactNode {
  return createElement(ClientContext.Provider, { value: client }, children);
}

/** The client of the provider above. @throws Error when there is none */
export function useClient(): Client {
  const client = useContext(ClientContext);
  if (client === undefined)
    throw new Error('useRun, useRuns and useClient belong below a <SpantailProvider client={…}>');
  return client;
}

/** How the connection that changed last stands; `undefined` until something is watched. */
export function useConnection(): ConnectionState | undefined {
  const client = useClient();
  const [state, setState] = useState<ConnectionState>();
  useEffect(() => client.on('status', setState), [client]);
  return state;
}
