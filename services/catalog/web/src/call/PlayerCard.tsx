import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { path } from "../app/api";
import type { CallDetails, Recording } from "../app/model";
import { useMay } from "../app/session";
import { Chip } from "../ui/Chip";
import { length, lengthInWords, size } from "../ui/format";
import { Icon } from "../ui/Icon";
import { recordingLabel, sourceName } from "../ui/labels";
import { Menu } from "../ui/Menu";
import { State } from "../ui/States";
import { Player, type PlayerState, type Track } from "./player";
import { initiallyHeard, ticks, timelineOf, type Lane, type Span, type Strip, type Timeline } from "./timeline";
import { useWaveforms, type Outline } from "./useWaveforms";
import { Waveform } from "./Waveform";

const rates = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];
const stripHeight = 52;

export interface LaneActions {
  onShare: (recording: Recording) => void;
  onDelete: (recording: Recording) => void;
}

/** All tracks of a call on one axis, and the one transport that plays them. */
export function PlayerCard({ call, wanted, ...actions }: { call: CallDetails; wanted: string | null } & LaneActions) {
  const now = useNow(call.recordings.some((recording) => recording.status === "recording"));
  const timeline = useMemo(() => timelineOf(call, now), [call, now]);
  const waveforms = useWaveforms(call.recordings);
  const may = useMay();
  const { player, state } = usePlayer(call.call_id, timeline, wanted, may("recordings:play"));
  const root = useRef<HTMLElement>(null);
  useShortcuts(root, player);
  useEffect(() => {
    root.current?.append(player.host);
  });

  const groups = groupsOf(timeline.lanes);
  const loudest = Math.max(1, ...[...waveforms.values()].flatMap((waveform) => (typeof waveform === "string" ? [] : waveform.peaks.map((peaks) => max(peaks)))));
  const canPlay = may("recordings:play") && timeline.lanes.some((lane) => lane.isPlayable);

  if (timeline.lanes.length === 0) {
    return (
      <section class="card" aria-label="Recordings">
        <State icon="recordings" title="Nothing recorded">
          <p>{call.completeness_reason ?? (call.status === "in-progress" ? "Nothing of this call is being recorded yet." : "There is no recording of this call.")}</p>
        </State>
      </section>
    );
  }

  return (
    <section class="card player" aria-label="Player" ref={root}>
      <Transport player={player} state={state} canPlay={canPlay} isLive={timeline.lanes.some((lane) => lane.isLive)} />
      {state.error && <div class="notice bad player-error" role="alert"><Icon name="alert" />{state.error}</div>}
      <div class="timeline">
        <Ruler player={player} timeline={timeline} canPlay={canPlay} />
        {groups.map((group, index) => (
          <Group key={group.source} group={group} isFirst={index === 0} isOpen={index === 0 || group.lanes.some((lane) => lane.recording.id === wanted)}>
            {group.lanes.map((lane) => (
              <LaneView
                key={lane.recording.id}
                lane={lane}
                timeline={timeline}
                outline={waveforms.get(lane.recording.id)}
                loudest={loudest}
                player={player}
                heard={state.heard.get(lane.recording.id)}
                {...actions}
              />
            ))}
          </Group>
        ))}
      </div>
    </section>
  );
}

interface LaneGroup {
  source: string;
  lanes: Lane[];
}

function groupsOf(lanes: Lane[]): LaneGroup[] {
  const sources = [...new Set(lanes.map((lane) => lane.recording.recording_source))];
  return sources.map((source) => ({ source, lanes: lanes.filter((lane) => lane.recording.recording_source === source) }));
}

function Group({ group, isFirst, isOpen, children }: { group: LaneGroup; isFirst: boolean; isOpen: boolean; children: ComponentChildren }) {
  const [isShown, setShown] = useState(isOpen);
  const name = `Recorded by ${sourceName(group.source)}`;
  return (
    <section class="lane-group" aria-label={name}>
      {!isFirst && (
        <button type="button" class="lane-group-head" aria-expanded={isShown} onClick={() => setShown(!isShown)}>
          <Icon name={isShown ? "down" : "right"} />{name}<span class="muted">{group.lanes.length}</span>
        </button>
      )}
      {isShown && children}
    </section>
  );
}

function Transport({ player, state, canPlay, isLive }: { player: Player; state: PlayerState; canPlay: boolean; isLive: boolean }) {
  const at = useRef<HTMLSpanElement>(null);
  const total = player.duration;
  useEffect(() => player.onPosition((position) => {
    const text = length(position * 1000);
    if (at.current && at.current.textContent !== text) {
      at.current.textContent = text;
    }
  }), [player]);

  return (
    <div class="transport" role="group" aria-label="Playback">
      <button type="button" class="button quiet square" disabled={!canPlay} aria-label="Back 10 seconds" title="Back 10 seconds (J)" onClick={() => player.seek(player.position - 10)}><Icon name="back" /></button>
      <button type="button" class="play" disabled={!canPlay} aria-label={state.isPlaying ? "Pause" : "Play"} title="Play or pause (Space)" onClick={() => player.toggle()}>
        <Icon name={state.isPlaying ? "pause" : "play"} />
        {state.isWaiting && <span class="play-waiting" />}
      </button>
      <button type="button" class="button quiet square" disabled={!canPlay} aria-label="Forward 10 seconds" title="Forward 10 seconds (L)" onClick={() => player.seek(player.position + 10)}><Icon name="forward" /></button>
      <span class="transport-time numbers"><span ref={at}>0:00</span><span class="muted"> / {length(total * 1000)}</span></span>
      {isLive && <Chip label={{ text: "Recording", tone: "live" }} />}
      <label class="transport-rate">
        <span class="visually-hidden">Speed</span>
        <select class="input" value={String(state.rate)} disabled={!canPlay} onChange={(event) => player.setRate(Number(event.currentTarget.value))}>
          {rates.map((rate) => <option key={rate} value={String(rate)}>{rate} ×</option>)}
        </select>
      </label>
    </div>
  );
}

/** The axis with its times, on which one seeks: by pointer, and by the keys of a slider. */
function Ruler({ player, timeline, canPlay }: { player: Player; timeline: Timeline; canPlay: boolean }) {
  const slider = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(800);
  const { total, marks, gaps } = timeline;

  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(entry!.contentRect.width));
    observer.observe(slider.current!);
    return () => observer.disconnect();
  }, []);

  useEffect(() => player.onPosition((position) => {
    const axis = slider.current!.closest<HTMLElement>(".timeline")!;
    axis.style.setProperty("--at", String(total > 0 ? Math.min(position / total, 1) : 0));
    const second = String(Math.floor(position));
    if (slider.current!.getAttribute("aria-valuenow") !== second) {
      slider.current!.setAttribute("aria-valuenow", second);
      slider.current!.setAttribute("aria-valuetext", `${lengthInWords(position * 1000)} of ${lengthInWords(total * 1000)}`);
    }
  }), [player, total]);

  return (
    <div class="ruler-row">
      <div class="ruler-label" />
      <div
        class="ruler seekable"
        ref={slider}
        role="slider"
        tabIndex={canPlay ? 0 : -1}
        aria-label="Position in the call"
        aria-disabled={!canPlay}
        aria-valuemin={0}
        aria-valuemax={Math.floor(total)}
        aria-valuenow={0}
        aria-valuetext="0 seconds"
        {...seeking(player, total)}
      >
        {ticks(total, width).map((second) => (
          <span key={second} class="timeline-tick numbers" style={{ left: `${(second / total) * 100}%` }} aria-hidden="true">{length(second * 1000)}</span>
        ))}
        {gaps.map((gap) => <span key={gap.from} class="gap" style={place(gap, total)} title={`Nothing recorded for ${lengthInWords((gap.to - gap.from) * 1000)}`} />)}
        {marks.map((mark) => <span key={`${mark.at} ${mark.text}`} class="mark" style={{ left: `${(mark.at / total) * 100}%` }} title={`${mark.text} at ${length(mark.at * 1000)}`} />)}
        <span class="playhead" />
      </div>
    </div>
  );
}

function LaneView({ lane, timeline, outline, loudest, player, heard, onShare, onDelete }: {
  lane: Lane;
  timeline: Timeline;
  outline: Outline | undefined;
  loudest: number;
  player: Player;
  heard: readonly boolean[] | undefined;
} & LaneActions) {
  const may = useMay();
  const { recording, strips } = lane;
  const label = recordingLabel(recording);
  const isHeard = heard?.includes(true) ?? false;
  const facts = [recording.format?.toUpperCase(), recording.sample_rate && `${recording.sample_rate / 1000} kHz`, recording.file_size && size(recording.file_size)].filter(Boolean).join(" · ");
  const failure = recording.recording_metadata["failure"] ?? recording.recording_metadata["reason"];
  const gapMs = gapOf(recording);
  const name = `${lane.name}, recorded by ${sourceName(recording.recording_source)}`;
  const file = path`/calls/${recording.call_id}/recording/${recording.id}`;
  const other = otherFormatOf(recording);

  return (
    <section class={`lane${isHeard ? " is-heard" : ""}`} aria-label={name}>
      <div class="lane-head">
        <div class="lane-name">
          <strong>{lane.name}</strong>
          {lane.isLive && <span class="visually-hidden">{label.text}</span>}
          {label.tone !== "good" && !lane.isLive && <Chip label={label} title={typeof failure === "string" ? failure : undefined} />}
        </div>
        <div class="lane-facts numbers">
          {facts}
          {gapMs > 0 && <span class="lane-gap" title="Audio that never reached us; silence stands in its place">{(gapMs / 1000).toFixed(1)} s lost</span>}
        </div>
        {lane.isPlayable && (
          <div class="lane-menu">
            <Menu label={`More for ${name}`} button={<Icon name="more" />}>
              <button type="button" role="menuitem" class="menu-item" onClick={() => player.only(recording.id)}><Icon name="sound" />Hear only this</button>
              {may("recordings:download") && <a role="menuitem" class="menu-item" href={file} download><Icon name="download" />Download {recording.format?.toUpperCase()}</a>}
              {may("recordings:download") && other && <a role="menuitem" class="menu-item" href={`${file}?format=${other}`} download><Icon name="download" />Download {other.toUpperCase()}</a>}
              {may("recordings:play") && <button type="button" role="menuitem" class="menu-item" onClick={() => onShare(recording)}><Icon name="link" />Share a link…</button>}
              {may("recordings:delete") && <button type="button" role="menuitem" class="menu-item danger" onClick={() => onDelete(recording)}><Icon name="trash" />Delete…</button>}
            </Menu>
          </div>
        )}
      </div>
      <div class="lane-strips">
        {strips.map((strip) => (
          <StripView
            key={strip.channel}
            lane={lane}
            strip={strip}
            name={strips.length > 1 ? `${strip.label}, of ${name}` : name}
            total={timeline.total}
            outline={outline}
            loudest={loudest}
            player={player}
            isHeard={heard?.[strip.channel] ?? false}
          />
        ))}
      </div>
    </section>
  );
}

function StripView({ lane, strip, name, total, outline, loudest, player, isHeard }: {
  lane: Lane;
  strip: Strip;
  name: string;
  total: number;
  outline: Outline | undefined;
  loudest: number;
  player: Player;
  isHeard: boolean;
}) {
  const may = useMay();
  const peaks = typeof outline === "object" ? outline.peaks[Math.min(strip.channel, outline.peaks.length - 1)] : undefined;
  const canHear = lane.isPlayable && may("recordings:play");
  return (
    <div class="strip-row">
      <button
        type="button"
        class={`strip-mute voice-${strip.voice}`}
        disabled={!canHear}
        aria-pressed={isHeard}
        aria-label={`Hear ${name}`}
        title={isHeard ? "Mute" : "Hear"}
        onClick={() => player.setHeard(lane.recording.id, strip.channel, !isHeard)}
      >
        <Icon name={isHeard ? "sound" : "silent"} />
        <span class="strip-label">{lane.strips.length > 1 ? strip.label : ""}</span>
      </button>
      <div class="strip seekable" {...seeking(player, total)}>
        <div class={`strip-audio${lane.isLive ? " is-live" : ""}`} style={place({ from: lane.offset, to: lane.offset + lane.duration }, total)}>
          {peaks && <Waveform peaks={peaks} loudest={loudest} duration={lane.duration} offset={lane.offset} height={stripHeight} voice={strip.voice} isHeard={isHeard} player={player} />}
          {!peaks && lane.isPlayable && <span class={outline ? "strip-note" : "strip-note is-waiting"}>{outline === "later" ? "The waveform is not computed yet" : outline === "none" ? "No waveform" : ""}</span>}
          {!peaks && !lane.isPlayable && !lane.isLive && <span class="strip-note">{noteOf(lane.recording)}</span>}
        </div>
        {lane.pauses.map((pause) => <span key={pause.from} class="pause" style={place(pause, total)} title={`Paused for ${lengthInWords((pause.to - pause.from) * 1000)}`} />)}
        <span class="playhead" />
      </div>
    </div>
  );
}

function noteOf(recording: Recording): string {
  switch (recording.status) {
    case "deleted":
      return "Deleted";
    case "failed":
      return "The recording failed";
    case "completed":
      return "Being deleted";
    default:
      return "On its way to the archive";
  }
}

/** Clicking or dragging anywhere on the axis goes there. */
function seeking(player: Player, total: number) {
  function go(event: PointerEvent): void {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    player.seek(((event.clientX - box.left) / box.width) * total);
  }

  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button === 0 && total > 0) {
        (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
        go(event);
      }
    },
    onPointerMove: (event: PointerEvent) => {
      if ((event.currentTarget as HTMLElement).hasPointerCapture(event.pointerId)) {
        go(event);
      }
    },
  };
}

function place(span: Span, total: number): { left: string; width: string } {
  return { left: `${(span.from / total) * 100}%`, width: `${(Math.max(0, span.to - span.from) / total) * 100}%` };
}

function gapOf(recording: Recording): number {
  const facts = recording.recording_metadata["facts"] as { gap_ms?: unknown } | undefined;
  return recording.recording_metadata["source"] === undefined && typeof facts?.gap_ms === "number" ? facts.gap_ms : 0;
}

/** The mix that was made here is still there behind the provider's, perhaps in another format. */
function otherFormatOf({ format, recording_metadata: metadata }: Recording): string | undefined {
  const other = metadata["local_status"] === "completed" ? metadata["local_format"] : undefined;
  return (other === "wav" || other === "mp3") && other !== format ? other : undefined;
}

function max(numbers: number[]): number {
  return numbers.reduce((most, number) => Math.max(most, number), 0);
}

/** The time, second by second, while something is recorded. */
function useNow(isLive: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!isLive) {
      return undefined;
    }

    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isLive]);
  return now;
}

function usePlayer(callId: string, timeline: Timeline, wanted: string | null, mayPlay: boolean): { player: Player; state: PlayerState } {
  const player = useMemo(() => new Player(), [callId]);
  const [state, setState] = useState(player.current);
  useLayoutEffect(() => {
    const stop = player.onState(setState);
    return () => {
      stop();
      player.dispose();
    };
  }, [player]);

  const playable = mayPlay ? timeline.lanes.filter((lane) => lane.isPlayable) : [];
  const key = playable.map((lane) => `${lane.recording.id} ${lane.recording.sha256} ${lane.offset}`).join() + timeline.total;
  useLayoutEffect(() => {
    const tracks: Track[] = playable.map((lane) => ({
      id: lane.recording.id,
      url: path`/calls/${lane.recording.call_id}/recording/${lane.recording.id}/play`,
      offset: lane.offset,
      duration: lane.duration,
      channels: lane.strips.length,
      version: lane.recording.sha256 ?? "",
    }));
    player.update(tracks, timeline.total, initiallyHeard(timeline.lanes, wanted));
  }, [player, key]);

  return { player, state };
}

/** Space and the arrows, wherever nothing else wants them; letters only within the player, as they may be somebody's shortcuts. */
function useShortcuts(root: { current: HTMLElement | null }, player: Player): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      const isInside = root.current?.contains(target) ?? false;
      const isFree = target === document.body || target.tagName === "MAIN";
      if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, select, textarea, [role=menu], dialog") || !(isInside || isFree)) {
        return;
      }

      const isButton = target.closest("button, a") !== null;
      const action = shortcut(event.key, player, isInside, isButton);
      if (action) {
        event.preventDefault();
        action();
      }
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [root, player]);
}

function shortcut(key: string, player: Player, isInside: boolean, isButton: boolean): (() => void) | undefined {
  const move = (by: number) => () => player.seek(player.position + by);
  switch (key) {
    case " ":
      return isButton ? undefined : () => player.toggle();
    case "ArrowLeft":
      return move(-5);
    case "ArrowRight":
      return move(5);
    case "ArrowDown":
      return isInside && !isButton ? move(-5) : undefined;
    case "ArrowUp":
      return isInside && !isButton ? move(5) : undefined;
    default:
      break;
  }

  if (!isInside) {
    return undefined;
  }

  switch (key) {
    case "k":
      return () => player.toggle();
    case "j":
    case "PageDown":
      return move(-10);
    case "l":
    case "PageUp":
      return move(10);
    case "Home":
      return () => player.seek(0);
    case "End":
      return () => player.seek(player.duration);
    case "<":
    case ">":
      return () => {
        const at = rates.indexOf(player.current.rate) + (key === "<" ? -1 : 1);
        player.setRate(rates[Math.min(Math.max(at, 0), rates.length - 1)]!);
      };
    default:
      return /^\d$/.test(key) ? () => player.seek((player.duration * Number(key)) / 10) : undefined;
  }
}
