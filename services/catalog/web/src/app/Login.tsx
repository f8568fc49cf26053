import { useState } from "preact/hooks";
import icon from "../assets/icon.svg";
import { Icon } from "../ui/Icon";
import { explain } from "../ui/States";
import { ApiError, get, send } from "./api";
import type { Session } from "./session";

export function Login({ message, onSession }: { message?: string | undefined; onSession: (session: Session) => void }) {
  const [key, setKey] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();

  async function signIn(event: Event): Promise<void> {
    event.preventDefault();
    if (!key.trim() || isBusy) {
      setFailure("Enter your API key.");
      return;
    }

    setBusy(true);
    setFailure(undefined);
    try {
      await send("POST", "/session", { key: key.trim() });
      onSession(await get<Session>("/session"));
    } catch (error) {
      setFailure(error instanceof ApiError && error.status === 401
        ? "This key is not known, has expired or was revoked."
        : explain(error).advice);
      setBusy(false);
    }
  }

  return (
    <div class="door">
      <main class="door-card card">
        <h1 class="wordmark"><img src={icon} alt="" />Burqi</h1>
        <p>{message ?? "Find a call, hear it, and see who else did."}</p>
        <form onSubmit={signIn} noValidate>
          <label class="field">
            <span>API key</span>
            <input
              class="input"
              type="password"
              name="key"
              autocomplete="current-password"
              spellcheck={false}
              required
              autofocus
              value={key}
              aria-invalid={failure !== undefined}
              aria-describedby={failure ? "key-failure" : undefined}
              onInput={(event) => setKey(event.currentTarget.value)}
            />
          </label>
          {failure && <div class="notice bad" role="alert" id="key-failure"><Icon name="alert" />{failure}</div>}
          <button class="button primary" disabled={isBusy}>{isBusy ? "Signing in…" : "Sign in"}</button>
        </form>
        <p>Your administrator makes keys with <span class="mono">burqi keys create</span>.</p>
      </main>
    </div>
  );
}
