import { useEffect, useRef, useState } from "preact/hooks";
import { get, path } from "../app/api";
import type { Recording, Waveform } from "../app/model";

const again = 4_000;
const attempts = 20;

/** The outlines of what is shown, each asked for until it is there: they are computed a little after a recording is archived. */
export function useWaveforms(recordings: Recording[]): ReadonlyMap<string, Waveform | "none"> {
  const [waveforms, setWaveforms] = useState<ReadonlyMap<string, Waveform | "none">>(new Map());
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
    const keep = (waveform: Waveform | "none"): void => setWaveforms((known) => new Map(known).set(recording.id, waveform));
    get<Waveform>(path`/calls/${recording.call_id}/recording/${recording.id}/waveform`).then(keep, () => {
      keep("none");
      if (attempt < attempts && (recording.format === "wav" || recording.format === "mp3")) {
        timers.current.add(setTimeout(() => load(recording, attempt + 1), again));
      }
    });
  }

  return waveforms;
}
