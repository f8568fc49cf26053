import { hashOf } from "../app/route";
import type { Recording } from "../app/model";
import { Chip } from "../ui/Chip";
import { clock, length, lengthInWords, size } from "../ui/format";
import { recordingLabel, sourceName, trackName } from "../ui/labels";
import { Icon } from "../ui/Icon";
import { State } from "../ui/States";
import { List, ListHead } from "./CallsView";
import { Filters } from "./Filters";
import { narrowing, queryOf, recordingFilters } from "./criteria";
import { usePages } from "./usePages";

/** Every recording for itself, for whoever looks for a track and not for a call. */
export function TracksView({ parameters }: { parameters: URLSearchParams }) {
  const pages = usePages<Recording>("/recordings", queryOf(parameters).toString(), (recording) => recording.id);
  return (
    <>
      <ListHead place="tracks" />
      <Filters place="tracks" parameters={parameters} filters={recordingFilters} />
      <List
        place="tracks"
        pages={pages}
        isNarrowed={narrowing(parameters).length > 0}
        startOf={(recording) => recording.started_at ?? recording.created_at}
        empty={<State icon="recordings" title="No recordings yet"><p>They appear here by themselves with the first call that is recorded.</p></State>}
      >
        {(recording) => <TrackRow key={recording.id} recording={recording} />}
      </List>
    </>
  );
}

function TrackRow({ recording }: { recording: Recording }) {
  const label = recordingLabel(recording);
  const started = recording.started_at ?? recording.created_at;
  const facts = [recording.format?.toUpperCase(), recording.channels === 2 ? "stereo" : recording.channels === 1 ? "mono" : undefined,
    recording.sample_rate && `${recording.sample_rate / 1000} kHz`, recording.file_size && size(recording.file_size)].filter(Boolean).join(" · ");
  return (
    <li class="entry">
      <span class={`entry-icon voice-${recording.recording_type}`}><Icon name="recordings" /></span>
      <span class="entry-main">
        <a class="entry-link" href={hashOf(["calls", recording.call_id], new URLSearchParams({ recording: recording.id }))}>
          {trackName(recording.recording_type)} <span class="muted">by {sourceName(recording.recording_source)}</span>
        </a>
        <span class="entry-sub"><span class="mono">{recording.call_id}</span></span>
      </span>
      <span class="entry-facts numbers">{facts}</span>
      <span class="entry-chips">
        {label.tone === "good"
          ? <span class="entry-fine" title="Ready"><Icon name="check" /><span class="visually-hidden">Ready</span></span>
          : <Chip label={label} />}
      </span>
      <time class="entry-time numbers" dateTime={started}>{clock(started)}</time>
      <span class="entry-length numbers">
        {recording.duration_ms === null
          ? <span aria-hidden="true">–</span>
          : <><span aria-hidden="true">{length(recording.duration_ms)}</span><span class="visually-hidden">{lengthInWords(recording.duration_ms)}</span></>}
      </span>
    </li>
  );
}
