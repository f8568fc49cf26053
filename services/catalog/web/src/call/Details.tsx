import { useState } from "preact/hooks";
import type { CallDetails } from "../app/model";
import { Icon } from "../ui/Icon";

/** What support asks for: ids as the provider knows them, times in UTC. */
export function Details({ call }: { call: CallDetails }) {
  const rows: [string, string][] = [
    ["Call id", call.call_id],
    ["Provider", call.provider],
    ...(call.account_id ? [["Account", call.account_id] as [string, string]] : []),
    ...(call.parent_call_id ? [["Parent call", call.parent_call_id] as [string, string]] : []),
    ...(call.started_at ? [["Start (UTC)", call.started_at] as [string, string]] : []),
    ...(call.ended_at ? [["End (UTC)", call.ended_at] as [string, string]] : []),
    ...idsOf(call),
  ];
  return (
    <section class="card panel" aria-labelledby="details">
      <h2 id="details">For support</h2>
      <dl class="facts">
        {rows.map(([name, value]) => (
          <div key={`${name} ${value}`}>
            <dt>{name}</dt>
            <dd><span class="mono">{value}</span><Copy name={name} value={value} /></dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const idNames: Record<string, string> = {
  recording_sid: "Recording",
  stream_id: "Stream",
  server_call_id: "Server call id",
  correlation_id: "Correlation id",
  request_id: "Request id",
  error_code: "Error code",
};

/** The ids of the call's recordings, each once: several tracks come from one stream. */
function idsOf(call: CallDetails): [string, string][] {
  const recordings = call.provider_ids?.recordings ?? [];
  return Object.entries(idNames).flatMap(([name, label]) =>
    [...new Set(recordings.flatMap((ids) => ids[name] ?? []))].map((value): [string, string] => [label, value]));
}

function Copy({ name, value }: { name: string; value: string }) {
  const [isCopied, setCopied] = useState(false);
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(value);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  }

  // Without https there is no clipboard.
  return navigator.clipboard
    ? <button type="button" class="copy" aria-label={`Copy ${name}`} title={isCopied ? "Copied" : "Copy"} onClick={() => void copy().catch(() => undefined)}><Icon name={isCopied ? "check" : "copy"} /></button>
    : null;
}
