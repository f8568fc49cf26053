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

/** As the API names them; without that, the provider's recordings. */
function idsOf(call: CallDetails): [string, string][] {
  const told = Object.entries(call.provider_ids ?? {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).filter((one) => typeof one === "string").map((one): [string, string] => [words(name), one as string]));
  const sids = [...new Set(call.recordings.flatMap((recording) => (recording.recording_sid ? [recording.recording_sid] : [])))];
  return told.length > 0 ? told.filter(([, value]) => value !== call.call_id) : sids.map((sid) => ["Recording", sid]);
}

function words(name: string): string {
  const text = name.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
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
