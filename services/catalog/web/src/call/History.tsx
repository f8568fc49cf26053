import { useEffect, useRef, useState } from "preact/hooks";
import { get, path } from "../app/api";
import type { CallDetails, Page, RecordingEvent } from "../app/model";
import { useMay } from "../app/session";
import { moment } from "../ui/format";
import { Icon, type IconName } from "../ui/Icon";
import { trackName } from "../ui/labels";
import { Failure } from "../ui/States";
import { controlText } from "./timeline";

const few = 8;

const done: Record<string, string> = { pause: "paused", resume: "resumed", stop: "stopped" };

/** What happened to the call's recordings, and for whoever may know, who read, played or took them: the latest first. */
export function History({ call }: { call: CallDetails }) {
  const may = useMay();
  const [isAccess, setAccess] = useState(false);
  return (
    <section class="card panel" aria-labelledby="history">
      <div class="panel-head">
        <h2 id="history">History</h2>
        {may("admin") && (
          <div class="segments" role="group" aria-label="What is listed">
            <button type="button" aria-pressed={!isAccess} onClick={() => setAccess(false)}>Recordings</button>
            <button type="button" aria-pressed={isAccess} onClick={() => setAccess(true)}>Who had access</button>
          </div>
        )}
      </div>
      {isAccess ? <Access call={call} /> : <Changes call={call} />}
    </section>
  );
}

function Changes({ call }: { call: CallDetails }) {
  const [isAll, setAll] = useState(false);
  const [isLoading, setLoading] = useState(false);
  const [error, setError] = useState<unknown>();
  // Where the earlier ones go on, once some of them were asked for.
  const [earlier, setEarlier] = useState<string | null>();
  // A call comes with its latest ones alone: those that newer ones push out stay shown.
  const seen = useRef(new Map<string, RecordingEvent>());
  const keep = (some: RecordingEvent[]): void => some.forEach((event) => seen.current.set(JSON.stringify(event), event));
  keep(call.events);
  const events = [...seen.current.values()].sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
  const next = earlier === undefined ? call.events_next_cursor : earlier;

  async function more(): Promise<void> {
    setLoading(true);
    setError(undefined);
    try {
      const before = await get<CallDetails>(`${path`/calls/${call.call_id}`}?events_cursor=${encodeURIComponent(next!)}`);
      keep(before.events);
      setEarlier(before.events_next_cursor ?? null);
    } catch (failure) {
      setError(failure);
    } finally {
      setLoading(false);
    }
  }

  return (
    <>
      {events.length === 0 && <p class="muted">Nothing yet.</p>}
      <Events call={call} events={isAll ? events : events.slice(0, few)} />
      {isAll && error !== undefined && <Failure error={error} retry={() => void more()} />}
      {isAll && next && error === undefined && <button type="button" class="button quiet panel-more" disabled={isLoading} onClick={() => void more()}>{isLoading ? "Loading…" : "Show earlier"}</button>}
      {events.length > few && (
        <button type="button" class="button quiet panel-more" aria-expanded={isAll} onClick={() => setAll(!isAll)}>{isAll ? "Show fewer" : `Show all ${events.length}`}</button>
      )}
    </>
  );
}

/** Out of the audit's events, each with the key and the address that it came from. */
function Access({ call }: { call: CallDetails }) {
  const [events, setEvents] = useState<RecordingEvent[]>();
  const [next, setNext] = useState<string | null>(null);
  const [error, setError] = useState<unknown>();

  async function load(cursor: string | null): Promise<void> {
    setError(undefined);
    try {
      const query = new URLSearchParams({ call_id: call.call_id, ...(cursor && { cursor }) });
      const page = await get<Page<RecordingEvent>>(`/audit/events?${query}`);
      setEvents((known) => [...(cursor ? known ?? [] : []), ...page.items.filter((event) => event.api_key_name || accesses.has(event.event))]);
      setNext(page.next_cursor);
    } catch (failure) {
      setError(failure);
    }
  }

  useEffect(() => void load(null), [call.call_id]);

  if (error && !events) {
    return <Failure error={error} retry={() => void load(null)} />;
  }

  return (
    <>
      <p class="muted panel-note">What one key does again within five minutes is one entry. Entries cannot be changed; <span class="mono">burqi audit verify</span> proves it.</p>
      {events?.length === 0 && <p class="muted">Nobody so far.</p>}
      <Events call={call} events={events ?? []} />
      {error ? <Failure error={error} retry={() => void load(next)} /> : next && <button type="button" class="button quiet panel-more" onClick={() => void load(next)}>Show earlier</button>}
    </>
  );
}

const accesses = new Set(["read", "listed", "played", "downloaded", "exported", "shared", "share_revoked", "share_played"]);

function Events({ call, events }: { call: CallDetails; events: RecordingEvent[] }) {
  return (
    <ol class="events">
      {events.map((event, index) => {
        const { icon, text } = described(event);
        const track = call.recordings.find((recording) => recording.id === event.recording_id);
        const who = event.api_key_name ?? event.actor;
        return (
          <li key={`${event.at} ${event.event} ${index}`}>
            <span class="event-icon"><Icon name={icon} /></span>
            <span class="event-text">
              {text}{track && <span class="muted"> · {trackName(track.recording_type)}</span>}
              {who && <span class="event-who muted">{who}{event.address && <> from {event.address}</>}</span>}
            </span>
            <time class="muted numbers" dateTime={event.at} title={event.at}>{moment(event.at)}</time>
          </li>
        );
      })}
    </ol>
  );
}

function described(event: RecordingEvent): { icon: IconName; text: string } {
  const detail = (name: string): string | undefined => (typeof event.details?.[name] === "string" ? event.details[name] : undefined);
  switch (event.event) {
    case "upgraded":
      return { icon: "check", text: "The mix is now the provider's own recording" };
    case "upgrade_refused":
      return { icon: "recordings", text: "The mix stays ours: the provider's is worse" };
    case "stand_in_replaced":
      return { icon: "recordings", text: "Our own mix came after all" };
    case "provider_copy_deleted":
      return { icon: "trash", text: "The provider deleted its copy" };
    case "control_requested":
      return { icon: "pause", text: controlText(event.details) };
    case "control_answered":
      return event.details?.["applied"] === false
        ? { icon: "alert", text: `Not done${detail("reason") ? `: ${detail("reason")}` : ""}` }
        : { icon: "check", text: `Recording ${done[detail("action") ?? ""] ?? "controlled"}` };
    case "missing":
      return { icon: "alert", text: "Nothing was recorded" };
    case "incomplete":
      return { icon: "alert", text: "Less was recorded than there was" };
    case "complete":
      return { icon: "check", text: "What was missing has come" };
    case "deletion_requested":
      return { icon: "trash", text: "Deletion asked for" };
    case "deleted":
      return { icon: "trash", text: "Deleted everywhere" };
    case "deletion_failed":
      return { icon: "alert", text: "Not deleted everywhere" };
    case "tier_changed":
      return { icon: "package", text: "Moved to another storage tier" };
    case "legal_hold_placed":
      return { icon: "hold", text: `Legal hold placed${detail("reason") ? `: ${detail("reason")}` : ""}` };
    case "legal_hold_lifted":
      return { icon: "hold", text: "Legal hold lifted" };
    case "read":
      return { icon: "account", text: "Looked at" };
    case "listed":
      return { icon: "account", text: "Listed" };
    case "played":
      return { icon: "play", text: "Played" };
    case "downloaded":
      return { icon: "download", text: "Downloaded" };
    case "exported":
      return { icon: "package", text: "Exported" };
    case "shared":
      return { icon: "link", text: "Shared by a link" };
    case "share_revoked":
      return { icon: "link", text: "Link revoked" };
    case "share_played":
      return { icon: "play", text: "Played through a link" };
    default:
      return { icon: "clock", text: event.event.replaceAll("_", " ") };
  }
}
