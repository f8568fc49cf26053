import { useCallback, useEffect, useState } from "preact/hooks";
import icon from "../assets/icon.svg";
import { ApiError, get, onSessionEnded } from "../app/api";
import { Login } from "../app/Login";
import type { Session } from "../app/session";
import { Icon } from "../ui/Icon";
import { Failure, State } from "../ui/States";
import { Dialler } from "./Dialler";
import { takeToken } from "./line";

type Door =
  | { at: "waiting" }
  | { at: "login"; message?: string }
  | { at: "refused" }
  | { at: "not-set-up"; missing: string[] }
  | { at: "failed"; error: unknown }
  | { at: "in" };

/** The page that dials. Whether it can is found out before anybody types a number. */
export function Phone() {
  const [door, setDoor] = useState<Door>({ at: "waiting" });
  const [session, setSession] = useState<Session>();

  const enter = useCallback(async () => {
    setDoor({ at: "waiting" });
    try {
      setSession(await get<Session>("/session"));
      await takeToken();
      setDoor({ at: "in" });
    } catch (error) {
      setDoor(doorOf(error));
    }
  }, []);

  useEffect(() => {
    void enter();
    return onSessionEnded(() => setDoor({ at: "login", message: "Your session has ended. Sign in again to call." }));
  }, [enter]);

  if (door.at === "login") {
    return <Login message={door.message} onSession={() => void enter()} />;
  }

  return (
    <>
      <header class="topbar">
        <div class="topbar-inner">
          <a class="wordmark" href="/#/calls"><img src={icon} alt="" />Burqi</a>
          <nav class="nav" aria-label="Main">
            <a href="/#/calls"><Icon name="calls" />Calls</a>
            {session?.scopes.includes("admin") && <a href="/#/operations"><Icon name="operations" />Operations</a>}
            <a href="/phone" aria-current="page"><Icon name="dial" />Phone</a>
          </nav>
        </div>
      </header>
      <main class="phone" aria-busy={door.at === "waiting"}>
        <h1 class="visually-hidden">Phone</h1>
        {view(door, () => void enter())}
      </main>
    </>
  );
}

function doorOf(error: unknown): Door {
  if (error instanceof ApiError) {
    const missing = (error.problem as { missing?: unknown }).missing;
    switch (true) {
      case error.status === 401:
        return { at: "login" };
      case error.status === 403:
        return { at: "refused" };
      case error.status === 503 && Array.isArray(missing):
        return { at: "not-set-up", missing: missing.map(String) };
    }
  }

  return { at: "failed", error };
}

function view(door: Door, retry: () => void) {
  switch (door.at) {
    case "in":
      return <Dialler />;
    case "refused":
      return (
        <State icon="account" title="This key may not place calls">
          <p>Sign in with a key that has the scope <span class="mono">calls:place</span>. Your administrator makes one with <span class="mono">burqi keys create</span>.</p>
        </State>
      );
    case "not-set-up":
      return (
        <State icon="dial" title="Calling is not set up">
          <p>Calls from the browser go through Twilio. {door.missing.length === 1 ? "This variable is" : "These variables are"} not set:</p>
          <ul class="missing">{door.missing.map((name) => <li key={name} class="mono">{name}</li>)}</ul>
          <p>Set {door.missing.length === 1 ? "it" : "them"} for catalog and start it again. What a TwiML app is, and how to make one, is in docs/twilio.md under “Call from the browser”.</p>
          <button type="button" class="button" onClick={retry}><Icon name="retry" />Try again</button>
        </State>
      );
    case "failed":
      return <Failure error={door.error} retry={retry} />;
    default:
      return null;
  }
}
