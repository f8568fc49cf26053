import { startOfDay } from "../ui/format";

// What is looked for, as the fragment has it: the API's own names, but that dates are days where the reader is.

export interface Choice {
  value: string;
  label: string;
}

export interface Filter {
  name: string;
  label: string;
  choices: Choice[];
}

const any: Choice = { value: "", label: "Any" };

const lengths: (Choice & { min?: number; max?: number })[] = [
  any,
  { value: "-1m", label: "Under 1 minute", max: 59_999 },
  { value: "1m-5m", label: "1 to 5 minutes", min: 60_000, max: 300_000 },
  { value: "5m-30m", label: "5 to 30 minutes", min: 300_000, max: 1_800_000 },
  { value: "30m-", label: "Over 30 minutes", min: 1_800_000 },
];

export const whens: Choice[] = [
  { value: "", label: "Any time" },
  { value: "today", label: "Today" },
  { value: "yesterday", label: "Yesterday" },
  { value: "7", label: "Last 7 days" },
  { value: "30", label: "Last 30 days" },
  { value: "days", label: "From … to …" },
];

const provider: Filter = {
  name: "provider",
  label: "Provider",
  choices: [any, { value: "twilio", label: "Twilio" }, { value: "acs", label: "Azure" }, { value: "livekit", label: "LiveKit" }],
};

const duration: Filter = { name: "length", label: "Length", choices: lengths };

const sort: Filter = { name: "sort", label: "Order", choices: [{ value: "", label: "Latest first" }, { value: "started_at", label: "Earliest first" }] };

export const callFilters: Filter[] = [
  {
    name: "completeness",
    label: "Recorded",
    choices: [
      any,
      { value: "complete", label: "Completely" },
      { value: "incomplete", label: "Incompletely" },
      { value: "missing", label: "Not at all" },
      { value: "pending", label: "Not known yet" },
    ],
  },
  {
    name: "status",
    label: "Call",
    choices: [
      any,
      { value: "in-progress", label: "In progress" },
      { value: "completed", label: "Completed" },
      { value: "busy", label: "Busy" },
      { value: "no-answer", label: "No answer" },
      { value: "canceled", label: "Canceled" },
      { value: "failed", label: "Failed" },
    ],
  },
  duration,
  provider,
  sort,
];

export const recordingFilters: Filter[] = [
  {
    name: "recording_type",
    label: "Track",
    choices: [
      any,
      { value: "mixed", label: "Both sides" },
      { value: "user", label: "Caller" },
      { value: "assistant", label: "Assistant" },
      { value: "provider", label: "Provider's file" },
      { value: "chunk", label: "Chunk" },
    ],
  },
  {
    name: "recording_source",
    label: "Made by",
    choices: [
      any,
      { value: "local", label: "Burqi" },
      { value: "twilio", label: "Twilio" },
      { value: "acs", label: "Azure" },
      { value: "livekit", label: "LiveKit" },
    ],
  },
  {
    name: "status",
    label: "Status",
    choices: [
      any,
      { value: "recording", label: "Recording" },
      { value: "captured", label: "Captured" },
      { value: "archiving", label: "Archiving" },
      { value: "completed", label: "Ready" },
      { value: "failed", label: "Failed" },
      { value: "absent", label: "Absent" },
      { value: "deleted", label: "Deleted" },
    ],
  },
  duration,
  sort,
];

/** Everything in the fragment that narrows the list. */
export function narrowing(parameters: URLSearchParams): string[] {
  return [...parameters.keys()].filter((name) => name !== "sort" && name !== "from" && name !== "to");
}

/** What is typed into the search: a number however it is written, or a call's id. */
export function searchOf(text: string): { name: "number" | "call_id"; value: string } | undefined {
  const trimmed = text.trim();
  if (!trimmed) {
    return undefined;
  }

  if (/^[+\d\s().\-/]+$/.test(trimmed)) {
    const digits = trimmed.replace(/[^\d+]/g, "").replace(/^00/, "+");
    // As the providers write numbers; a short one, an extension, is left as it is.
    return { name: "number", value: /^[1-9]\d{7,14}$/.test(digits) ? `+${digits}` : digits };
  }

  return { name: trimmed.includes(":") ? "number" : "call_id", value: trimmed };
}

/** The API's query for what the fragment says. */
export function queryOf(parameters: URLSearchParams, now = new Date()): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of parameters) {
    switch (name) {
      case "when":
      case "from":
      case "to":
        break;
      case "length": {
        const { min, max } = lengths.find((choice) => choice.value === value) ?? {};
        if (min !== undefined) {
          query.set("min_duration_ms", String(min));
        }

        if (max !== undefined) {
          query.set("max_duration_ms", String(max));
        }

        break;
      }
      default:
        query.set(name, value);
    }
  }

  const { after, before } = periodOf(parameters, now);
  if (after) {
    query.set("started_after", after.toISOString());
  }

  if (before) {
    query.set("started_before", before.toISOString());
  }

  return query;
}

function periodOf(parameters: URLSearchParams, now: Date): { after?: Date | undefined; before?: Date | undefined } {
  const today = startOfDay(now);
  const when = parameters.get("when");
  switch (when) {
    case null:
    case "":
      return {};
    case "today":
      return { after: today };
    case "yesterday":
      return { after: addDays(today, -1), before: today };
    case "days": {
      const to = dayIn(parameters.get("to"));
      return { after: dayIn(parameters.get("from")), before: to && addDays(to, 1) };
    }
    default:
      return { after: addDays(today, 1 - Number(when)) };
  }
}

function addDays(day: Date, days: number): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days);
}

function dayIn(text: string | null): Date | undefined {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text ?? "") ?? [];
  return year ? new Date(Number(year), Number(month) - 1, Number(day)) : undefined;
}
