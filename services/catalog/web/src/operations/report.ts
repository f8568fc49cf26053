// What GET /operations and GET /usage answer.

export interface ActiveCall {
  call_id: string;
  provider: string;
  assistant_id: string | null;
  from_address: string | null;
  to_address: string | null;
  started_at: string;
  recording_types: string[];
  recording_sources: string[];
}

export interface LackingCall {
  call_id: string;
  assistant_id: string | null;
  from_address: string | null;
  to_address: string | null;
  started_at: string | null;
  ended_at: string | null;
  completeness: "missing" | "incomplete";
  completeness_reason: string | null;
}

export interface FailedRecording {
  recording_id: string;
  call_id: string;
  recording_type: string;
  recording_source: string;
  started_at: string;
  reason: string | null;
}

export interface StuckJob {
  id: string;
  call_id: string;
  step: string;
  state: string;
  attempts: number;
  error: string | null;
  created_at: string;
}

export interface Jobs {
  reported_at: string;
  is_stale: boolean;
  waiting: number;
  running: number;
  dead: number;
  oldest_waiting_seconds: number | null;
  stuck: StuckJob[];
  open_breakers: string[];
  store: string;
  store_free_bytes: number | null;
  store_total_bytes: number | null;
}

export interface MediaNode {
  node: string;
  reported_at: string;
  is_stale: boolean;
  active_streams: number;
  disk_total_bytes: number;
  disk_free_bytes: number;
}

export interface Report {
  as_of: string;
  counts: { calls_in_progress: number; recording: number; captured: number; archiving: number; failed: number; missing: number; incomplete: number };
  active: ActiveCall[];
  lacking: LackingCall[];
  failed: FailedRecording[];
  jobs: Jobs | null;
  media_nodes: MediaNode[];
  store_use: { measured_at: string; stores: { store: string; recordings: number; bytes: number }[] } | null;
}

export interface Usage {
  tariff: { unit: string };
  items: {
    month: string;
    local_minutes: number;
    provider_minutes: number;
    bytes_stored: number;
    recording_price: number;
    storage_price: number;
    price: number;
  }[];
}

export interface Month {
  month: string;
  localMinutes: number;
  providerMinutes: number;
  bytes: number;
  recordingPrice: number;
  storagePrice: number;
}

/** The last twelve months in UTC, this one among them, as GET /usage wants them. */
export function lastYear(now: Date): { months: string[]; from: string; to: string } {
  const first = (offset: number): string => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1)).toISOString().slice(0, 10);
  return { months: Array.from({ length: 12 }, (_, index) => first(index - 11).slice(0, 7)), from: first(-11), to: first(1) };
}

/** All assistants' numbers together, month by month, those without any among them. */
export function byMonth(months: string[], usage: Usage): Month[] {
  return months.map((month) => {
    const items = usage.items.filter((item) => item.month === month);
    const sum = (value: (item: Usage["items"][number]) => number): number => items.reduce((total, item) => total + value(item), 0);
    return {
      month,
      localMinutes: sum((item) => item.local_minutes),
      providerMinutes: sum((item) => item.provider_minutes),
      bytes: sum((item) => item.bytes_stored),
      recordingPrice: sum((item) => item.recording_price),
      storagePrice: sum((item) => item.storage_price),
    };
  });
}
