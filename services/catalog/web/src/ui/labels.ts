import type { Call, Recording } from "../app/model";
import { isGoing } from "../app/model";

// The words for what the API says in its own.

export type Tone = "" | "good" | "warn" | "bad" | "live";

export interface Label {
  text: string;
  tone: Tone;
}

/** What a call has come to, where that is not simply that it was held. */
export function callLabel(call: Call): Label | undefined {
  switch (call.status) {
    case "in-progress":
      return { text: "In progress", tone: "live" };
    case "busy":
      return { text: "Busy", tone: "" };
    case "no-answer":
      return { text: "No answer", tone: "" };
    case "canceled":
      return { text: "Canceled", tone: "" };
    case "failed":
      return { text: "Call failed", tone: "warn" };
    default:
      return undefined;
  }
}

export function completenessLabel(call: Call): Label | undefined {
  switch (call.completeness) {
    case "incomplete":
      return { text: "Incomplete", tone: "warn" };
    case "missing":
      return { text: "Nothing recorded", tone: "bad" };
    case "complete":
      return { text: "Complete", tone: "good" };
    default:
      return undefined;
  }
}

export function recordingLabel(recording: Recording): Label {
  if (isGoing(recording)) {
    return { text: "Being deleted", tone: "warn" };
  }

  switch (recording.status) {
    case "recording":
      return { text: "Recording", tone: "live" };
    case "captured":
    case "archiving":
      return { text: "Being archived", tone: "" };
    case "completed":
      return { text: "Ready", tone: "good" };
    case "failed":
      return { text: "Failed", tone: "bad" };
    case "absent":
      return { text: "Absent", tone: "" };
    case "deleted":
      return { text: "Deleted", tone: "" };
    default:
      return { text: recording.status, tone: "" };
  }
}

export function trackName(type: string): string {
  switch (type) {
    case "user":
      return "Caller";
    case "assistant":
      return "Assistant";
    case "mixed":
      return "Both sides";
    case "provider":
      return "Provider's file";
    case "chunk":
      return "Chunk";
    default:
      return /^participant(\d)$/.test(type) ? `Participant ${type.slice(-1)}` : type;
  }
}

export function sourceName(source: string): string {
  switch (source) {
    case "local":
      return "Burqi";
    case "twilio":
      return "Twilio";
    case "acs":
      return "Azure";
    case "livekit":
      return "LiveKit";
    default:
      return source;
  }
}
