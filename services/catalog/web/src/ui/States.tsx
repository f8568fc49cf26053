import type { ComponentChildren } from "preact";
import { ApiError } from "../app/api";
import { Icon, type IconName } from "./Icon";

/** What stands where there is nothing to show: what is the matter, and what can be done. */
export function State({ icon, title, children }: { icon: IconName; title: string; children?: ComponentChildren }) {
  return (
    <div class="state">
      <Icon name={icon} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { title, advice, detail } = explain(error);
  return (
    <div role="alert">
      <State icon="alert" title={title}>
        <p>{advice}</p>
        {detail && <p class="mono">{detail}</p>}
        {retry && <button type="button" class="button" onClick={retry}><Icon name="retry" />Try again</button>}
      </State>
    </div>
  );
}

export function explain(error: unknown): { title: string; advice: string; detail?: string | undefined } {
  if (!(error instanceof ApiError)) {
    return { title: "Something went wrong here", advice: error instanceof Error ? error.message : String(error) };
  }

  const trace = error.problem.trace_id && `Trace ${error.problem.trace_id}`;
  switch (true) {
    case error.status === 0:
      return { title: "No connection", advice: "The server cannot be reached. Recording goes on without this page; try again in a moment." };
    case error.status === 403:
      return { title: "Not allowed", advice: `${error.message} The key you signed in with has no right to this.`, detail: trace };
    case error.status === 429:
      return { title: "Too many requests", advice: `This key has asked for a lot. Try again in ${error.retryAfterSeconds ?? 60} seconds.` };
    case error.status >= 500:
      return { title: "The server is not well", advice: error.message, detail: trace };
    default:
      return { title: "That did not work", advice: error.message };
  }
}
