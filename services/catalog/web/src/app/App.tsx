import { useCallback, useEffect, useState } from "preact/hooks";
import { Failure } from "../ui/States";
import { ApiError, get, onSessionEnded, send } from "./api";
import { Login } from "./Login";
import { SessionContext, type Session } from "./session";
import { Shell } from "./Shell";

type Door = { at: "waiting" } | { at: "login"; message?: string } | { at: "failed"; error: unknown } | { at: "in"; session: Session };

export function App() {
  const [door, setDoor] = useState<Door>({ at: "waiting" });

  const knock = useCallback(async () => {
    setDoor({ at: "waiting" });
    try {
      setDoor({ at: "in", session: await get<Session>("/session") });
    } catch (error) {
      setDoor(error instanceof ApiError && error.status === 401 ? { at: "login" } : { at: "failed", error });
    }
  }, []);

  useEffect(() => {
    void knock();
    return onSessionEnded(() => setDoor({ at: "login", message: "Your session has ended. Sign in again to go on where you were." }));
  }, [knock]);

  async function signOut(): Promise<void> {
    await send("DELETE", "/session").catch(() => undefined);
    setDoor({ at: "login", message: "You are signed out." });
  }

  switch (door.at) {
    case "waiting":
      return <div class="door" aria-busy="true" />;
    case "failed":
      return <main class="door"><Failure error={door.error} retry={() => void knock()} /></main>;
    case "login":
      return <Login message={door.message} onSession={(session) => setDoor({ at: "in", session })} />;
    case "in":
      return (
        <SessionContext.Provider value={door.session}>
          <Shell session={door.session} onSignOut={() => void signOut()} />
        </SessionContext.Provider>
      );
  }
}
