import { createContext } from "preact";
import { useContext } from "preact/hooks";

export interface Session {
  name: string;
  scopes: string[];
  assistants: string[] | null;
  expires_at: string;
}

export type Scope =
  | "recordings:read"
  | "recordings:play"
  | "recordings:download"
  | "recordings:delete"
  | "recordings:control"
  | "assistants:write"
  | "calls:place"
  | "admin";

export const SessionContext = createContext<Session | null>(null);

/** Whether the signed-in key may do it. The server decides; this only keeps buttons away that would be refused. */
export function useMay(): (scope: Scope) => boolean {
  const session = useContext(SessionContext);
  return (scope) => session !== null && (session.scopes.includes("admin") || session.scopes.includes(scope));
}
