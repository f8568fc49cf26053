import { isGoing, type CallDetails, type Pause, type Recording } from "../app/model";
import { trackName } from "../ui/labels";

// Where everything of a call lies on one axis, in seconds from its beginning.

export interface Strip {
  /** Which channel of the recording it shows. */
  channel: number;
  label: string;
  voice: "user" | "assistant" | "mixed";
}

export interface Lane {
  recording: Recording;
  name: string;
  offset: number;
  duration: number;
  isPlayable: boolean;
  isLive: boolean;
  strips: Strip[];
  pauses: Span[];
}

export interface Span {
  from: number;
  to: number;
}

export interface Mark {
  at: number;
  text: string;
}

export interface Timeline {
  start: number;
  total: number;
  lanes: Lane[];
  marks: Mark[];
  /** Where nothing at all was recorded. */
  gaps: Span[];
}

const order = ["mixed", "user", "assistant"];

export function timelineOf(call: CallDetails, now: number): Timeline {
  const shown = call.recordings.filter((recording) => recording.status !== "absent");
  const starts = shown.map((recording) => Date.parse(recording.started_at ?? recording.created_at));
  const start = Math.min(...starts, Date.parse(call.started_at ?? call.created_at));
  const lanes = shown.map((recording) => laneOf(recording, start, now, call.pauses)).sort(compare);
  // Clocks differ by a little: an axis that begins with half a second of nothing says nothing.
  const lead = lanes.length > 0 ? Math.min(...lanes.map((lane) => lane.offset)) : 0;
  const shift = lead < 2 ? lead : 0;
  const near = lanes.map((lane) => ({ ...lane, offset: align(lane.offset - shift), pauses: lane.pauses.map((span) => ({ from: span.from - shift, to: span.to - shift })) }));
  const total = Math.max(0, ...near.map((lane) => lane.offset + lane.duration), lanes.length === 0 ? (call.duration_ms ?? 0) / 1000 : 0);
  return {
    start: start + shift * 1000,
    total,
    lanes: near,
    marks: marksOf(call, start + shift * 1000, total),
    gaps: gapsOf(near.filter((lane) => lane.duration > 0), total),
  };
}

/** What begins within a second of the rest begins with it: providers tell their times in whole seconds. */
function align(offset: number): number {
  return offset < 1.25 ? 0 : offset;
}

function laneOf(recording: Recording, start: number, now: number, pauses: Pause[]): Lane {
  const began = Date.parse(recording.started_at ?? recording.created_at);
  const isLive = recording.status === "recording";
  const duration = recording.duration_ms !== null ? recording.duration_ms / 1000 : isLive ? Math.max(0, (now - began) / 1000) : 0;
  const offset = (began - start) / 1000;
  // The audio of a mix that was upgraded is the provider's, and so are its pauses.
  const isProviders = recording.recording_source !== "local" || recording.recording_metadata["source"] === "twilio_override";
  return {
    recording,
    name: trackName(recording.recording_type),
    offset,
    duration,
    isPlayable: recording.status === "completed" && !isGoing(recording),
    isLive,
    strips: stripsOf(recording),
    pauses: pauses
      .filter((pause) => (pause.scope === "provider") === isProviders)
      .map((pause) => ({ from: (Date.parse(pause.from) - start) / 1000, to: ((pause.to ? Date.parse(pause.to) : now) - start) / 1000 }))
      .filter((span) => span.from < offset + duration && span.to > offset)
      .map((span) => ({ from: Math.max(span.from, offset), to: Math.min(span.to, offset + duration) })),
  };
}

function stripsOf(recording: Recording): Strip[] {
  switch (recording.recording_type) {
    case "user":
      return [{ channel: 0, label: "Caller", voice: "user" }];
    case "assistant":
      return [{ channel: 0, label: "Assistant", voice: "assistant" }];
    default:
      // Left is the caller, right the assistant, in our files and by default in the providers'.
      return recording.channels === 2
        ? [{ channel: 0, label: "Caller", voice: "user" }, { channel: 1, label: "Assistant", voice: "assistant" }]
        : [{ channel: 0, label: trackName(recording.recording_type), voice: "mixed" }];
  }
}

/** Ours first, then the provider's; the mix before the voices it is made of. */
function compare(one: Lane, other: Lane): number {
  const rank = ({ recording }: Lane): number => {
    const at = order.indexOf(recording.recording_type);
    return (recording.recording_source === "local" ? 0 : 100) + (recording.recording_type === "provider" ? -1 : at < 0 ? order.length : at);
  };
  return rank(one) - rank(other) || one.offset - other.offset || one.recording.id.localeCompare(other.recording.id);
}

function gapsOf(lanes: Lane[], total: number): Span[] {
  const gaps: Span[] = [];
  let reached = 0;
  for (const lane of [...lanes].sort((one, other) => one.offset - other.offset)) {
    if (lane.offset - reached > 1.25) {
      gaps.push({ from: reached, to: lane.offset });
    }

    reached = Math.max(reached, lane.offset + lane.duration);
  }

  return lanes.length > 0 && total - reached > 1.25 ? [...gaps, { from: reached, to: total }] : gaps;
}

/** What happened while the call was on. */
function marksOf(call: CallDetails, start: number, total: number): Mark[] {
  return call.events
    .filter((event) => event.event === "control_requested")
    .map((event) => ({ at: (Date.parse(event.at) - start) / 1000, text: controlText(event.details) }))
    .filter((mark) => mark.at >= 0 && mark.at <= total);
}

export function controlText(details: Record<string, unknown> | null): string {
  switch (details?.["action"]) {
    case "pause":
      return "Pause asked for";
    case "resume":
      return "Resume asked for";
    case "stop":
      return "Stop asked for";
    default:
      return "Recording controlled";
  }
}

/** What is heard when a call is opened: the mix; without one both voices; else what there is. */
export function initiallyHeard(lanes: Lane[], wanted: string | null): ReadonlySet<string> {
  const playable = lanes.filter((lane) => lane.isPlayable);
  const asked = playable.find((lane) => lane.recording.id === wanted);
  if (asked) {
    return new Set([asked.recording.id]);
  }

  const ids = (matches: (lane: Lane) => boolean): Set<string> => new Set(playable.filter(matches).map((lane) => lane.recording.id));
  const local = (lane: Lane): boolean => lane.recording.recording_source === "local";
  const candidates = [
    ids((lane) => local(lane) && lane.recording.recording_type === "mixed"),
    ids((lane) => lane.recording.recording_type === "mixed"),
    ids((lane) => lane.recording.recording_type === "chunk"),
    ids((lane) => lane.recording.recording_type === "provider"),
    ids(local),
    ids(() => true),
  ];
  return candidates.find((found) => found.size > 0) ?? new Set();
}

/** Round times for the ruler, at most one each 70 pixels, and none that would not fit at its end. */
export function ticks(total: number, width: number): number[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];
  const most = Math.max(2, Math.floor(width / 70));
  const step = steps.find((candidate) => total / candidate <= most) ?? 14_400;
  const last = total * (1 - 40 / Math.max(width, 80));
  return total > 0 ? Array.from({ length: Math.floor(last / step) + 1 }, (_, index) => index * step) : [];
}
