import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get, path } from "../app/api";
import type { Recording, Waveform } from "../app/model";

const again = 4_000;
const attempts = 20;

/** How long after it was archived a recording may be without an outline that is still to come. */
const soon = 5 * 60_000;

/** An outline, or that there is none: not yet, or not at all. */
export type Outline = Waveform | "later" | "none";

/** The outlines of what is shown. They are computed a little after a recording is archived: only of one that has just been it is asked again. */
export function useWaveforms(recordings: Recording[]): ReadonlyMap<string, Outline> {
  const [waveforms, setWaveforms] = useState<ReadonlyMap<string, Outline>>(new Map());
  const asked = useRef(new Set<string>());
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>());
  useEffect(() => () => timers.current.forEach(clearTimeout), []);

  const ready = recordings.filter((recording) => recording.status === "completed");
  const key = ready.map((recording) => `${recording.id} ${recording.sha256}`).join();
  useEffect(() => {
    for (const recording of ready) {
      // An upgraded mix has other audio than before.
      const version = `${recording.id} ${recording.sha256}`;
      if (!asked.current.has(version)) {
        asked.current.add(version);
        load(recording, 1);
      }
    }
  }, [key]);

  function load(recording: Recording, attempt: number): void {
    const keep = (waveform: Outline): void => setWaveforms((known) => new Map(known).set(recording.id, waveform));
    get<Waveform>(path`/calls/${recording.call_id}/recording/${recording.id}/waveform`).then(keep, (error) => {
      const isMissing = error instanceof ApiError && error.status === 404;
      if (attempt >= attempts || (isMissing && !isToCome(recording))) {
        keep("none");
        return;
      }

      keep("later");
      timers.current.add(setTimeout(() => load(recording, attempt + 1), again));
    });
  }

  return waveforms;
}

function isToCome({ format, recording_metadata: metadata }: Recording): boolean {
  const archived = metadata["archived_at"];
  return (format === "wav" || format === "mp3") && typeof archived === "string" && Date.now() - Date.parse(archived) < soon;
}
