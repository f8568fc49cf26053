// What the API answers with: snake_case, as it comes.

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export interface Call {
  call_id: string;
  provider: string;
  account_id: string | null;
  parent_call_id: string | null;
  direction: string | null;
  from_address: string | null;
  to_address: string | null;
  assistant_id: string | null;
  status: string;
  duration_ms: number | null;
  started_at: string | null;
  ended_at: string | null;
  created_at: string;
  updated_at: string;
  completeness: "pending" | "complete" | "incomplete" | "missing";
  completeness_reason: string | null;
}

export interface Recording {
  id: string;
  call_id: string;
  provider: string;
  recording_source: string;
  recording_type: string;
  status: string;
  format: string | null;
  sample_rate: number | null;
  channels: number | null;
  duration_ms: number | null;
  file_size: number | null;
  sha256: string | null;
  recording_sid: string | null;
  assistant_id: string | null;
  started_at: string | null;
  ended_at: string | null;
  created_at: string;
  recording_metadata: Record<string, unknown>;
}

export interface Pause {
  scope: string;
  answerer: string;
  from: string;
  to: string | null;
}

export interface RecordingEvent {
  at: string;
  event: string;
  recording_id: string | null;
  actor: string | null;
  details: Record<string, unknown> | null;
  api_key_name?: string | null;
  address?: string | null;
}

export interface LegalHold {
  reason: string;
  placed_at: string;
}

export interface CallDetails extends Call {
  recordings: Recording[];
  pauses: Pause[];
  legal_hold: LegalHold | null;
  events: RecordingEvent[];
  /** The events before those that came along; null where there are none. */
  events_next_cursor?: string | null;
  provider_ids?: ProviderIds | null;
}

export interface ProviderIds {
  recordings: ({ recording_id: string } & Record<string, string | null>)[];
}

export interface Waveform {
  recording_id: string;
  duration_ms: number;
  channels: number;
  points: number;
  peaks: number[][];
}

export interface ShareLink {
  id: string | number;
  url?: string | null;
  expires_at: string;
  created_at?: string;
  revoked_at?: string | null;
  created_by?: string | null;
}

export interface Assistant {
  id: string;
}

/** Whether something may still change by itself: then it is asked about again and again. */
export function isUnderWay(call: Call, recordings: Recording[] = []): boolean {
  return call.status === "in-progress" || recordings.some(isOnItsWay);
}

export function isOnItsWay(recording: Recording): boolean {
  return ["recording", "captured", "archiving"].includes(recording.status) || isGoing(recording);
}

/** Its deletion was asked for. */
export function isGoing(recording: Recording): boolean {
  return recording.status === "completed" && "deletion_requested_at" in recording.recording_metadata;
}
