import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get } from "../app/api";
import icon from "../assets/icon.svg";
import { dateAndTime, length, lengthInWords } from "../ui/format";
import { Icon } from "../ui/Icon";
import { trackName } from "../ui/labels";
import { Failure, State } from "../ui/States";

interface Shared {
  recording_type: string;
  format: string | null;
  duration_ms: number | null;
  started_at: string | null;
  expires_at: string;
}

// The address is the key to the recording: all that is asked for lies below it.
const address = location.pathname.replace(/\/$/, "");

/** What a share link opens: one recording, to be heard and nothing else. */
export function SharedView() {
  const [shared, setShared] = useState<Shared>();
  const [error, setError] = useState<unknown>();

  function load(): void {
    setError(undefined);
    get<Shared>(`${address}/details`).then(setShared, setError);
  }

  useEffect(load, []);

  return (
    <div class="door">
      <main class="shared card">
        <p class="wordmark"><img src={icon} alt="" />Burqi</p>
        {shared
          ? <Listening shared={shared} />
          : error instanceof ApiError && error.status === 404
            ? <State icon="link" title="This link opens nothing any more"><p>It has expired or was revoked, or the recording was deleted. Ask whoever sent it for a new one.</p></State>
            : error ? <Failure error={error} retry={load} /> : <div class="shared-waiting" aria-busy="true" />}
      </main>
    </div>
  );
}

function Listening({ shared }: { shared: Shared }) {
  const audio = useRef<HTMLAudioElement>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [total, setTotal] = useState((shared.duration_ms ?? 0) / 1000);
  const [hasFailed, setFailed] = useState(false);

  function toggle(): void {
    const element = audio.current!;
    if (element.paused) {
      // One that failed stays failed until it is loaded anew.
      if (element.error) {
        setFailed(false);
        element.load();
        element.currentTime = at;
      }

      element.play().catch(() => undefined); // An error has its own event.
    } else {
      element.pause();
    }
  }

  return (
    <>
      <div>
        <h1>A recording shared with you</h1>
        <p class="muted shared-facts">
          {shared.started_at && <time dateTime={shared.started_at}>{dateAndTime(shared.started_at)}</time>}
          <span>{trackName(shared.recording_type)}</span>
          {shared.duration_ms !== null && <span>{length(shared.duration_ms)}</span>}
        </p>
      </div>
      <div class="shared-player" role="group" aria-label="Playback">
        <button type="button" class="play" aria-label={isPlaying ? "Pause" : "Play"} onClick={toggle}><Icon name={isPlaying ? "pause" : "play"} /></button>
        <input
          class="shared-seek"
          type="range"
          min={0}
          max={total || 1}
          step={0.1}
          value={at}
          aria-label="Position"
          aria-valuetext={`${lengthInWords(at * 1000)} of ${lengthInWords(total * 1000)}`}
          ref={(input) => input?.style.setProperty("--at", String(total > 0 ? at / total : 0))}
          onInput={(event) => {
            const position = Number(event.currentTarget.value);
            setAt(position);
            audio.current!.currentTime = position;
          }}
        />
        <span class="shared-time numbers">{length(at * 1000)} <span class="muted">/ {length(total * 1000)}</span></span>
        <audio
          ref={audio}
          src={`${address}/audio`}
          preload="metadata"
          onPlay={() => setPlaying(true)}
          onPause={() => setPlaying(false)}
          onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
          onLoadedMetadata={(event) => Number.isFinite(event.currentTarget.duration) && setTotal(event.currentTarget.duration)}
          onError={() => setFailed(true)}
        />
      </div>
      {hasFailed && <p class="notice bad" role="alert"><Icon name="alert" />The recording cannot be played at the moment. It may not be archived yet, or the link has just ended.</p>}
      <p class="muted shared-end">The link is valid until {dateAndTime(shared.expires_at)}. That you listened is noted.</p>
    </>
  );
}
