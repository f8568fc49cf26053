import { useEffect, useState } from "preact/hooks";
import { ApiError, path, send } from "../app/api";
import { cameFromList, useRoute } from "../app/route";
import { useMay } from "../app/session";
import { isUnderWay, type CallDetails, type Recording } from "../app/model";
import { Chip } from "../ui/Chip";
import { dateAndTime, length, lengthInWords, party } from "../ui/format";
import { Icon } from "../ui/Icon";
import { callLabel, completenessLabel } from "../ui/labels";
import { Menu } from "../ui/Menu";
import { Failure, State } from "../ui/States";
import { DeleteDialog } from "./DeleteDialog";
import { Details } from "./Details";
import { History } from "./History";
import { HoldDialog } from "./HoldDialog";
import { PlayerCard } from "./PlayerCard";
import { ShareDialog } from "./ShareDialog";
import { useCall } from "./useCall";

type Open = { what: "share" | "delete"; recording: Recording } | { what: "hold" };

export function CallView({ callId }: { callId: string }) {
  const { parameters } = useRoute();
  const { call, error, isStale, refresh } = useCall(callId);
  const [open, setOpen] = useState<Open>();
  useTitle(call);

  if (!call) {
    return (
      <>
        <Back />
        {error instanceof ApiError && error.status === 404
          ? <div class="card"><State icon="search" title="There is no such call"><p>It may be one that this key may not see. Its id was <span class="mono">{callId}</span>.</p></State></div>
          : error ? <div class="card"><Failure error={error} retry={refresh} /></div> : <Skeleton />}
      </>
    );
  }

  const close = (): void => setOpen(undefined);
  const done = (): void => {
    close();
    refresh();
  };
  return (
    <>
      <Back />
      <Head call={call} isStale={isStale} onHold={() => setOpen({ what: "hold" })} onChanged={refresh} />
      <PlayerCard
        call={call}
        wanted={parameters.get("recording")}
        onShare={(recording) => setOpen({ what: "share", recording })}
        onDelete={(recording) => setOpen({ what: "delete", recording })}
      />
      <div class="call-columns">
        <History call={call} />
        <Details call={call} />
      </div>
      {open?.what === "share" && <ShareDialog recording={open.recording} onClose={close} />}
      {open?.what === "delete" && <DeleteDialog recording={open.recording} isHeld={call.legal_hold !== null} onClose={close} onDone={done} />}
      {open?.what === "hold" && <HoldDialog call={call} onClose={close} onDone={done} />}
    </>
  );
}

function Back() {
  return <a class="back" href="#/calls" onClick={(event) => { if (cameFromList()) { event.preventDefault(); history.back(); } }}><Icon name="previous" />Calls</a>;
}

function Head({ call, isStale, onHold, onChanged }: { call: CallDetails; isStale: boolean; onHold: () => void; onChanged: () => void }) {
  const may = useMay();
  const state = callLabel(call);
  const recorded = completenessLabel(call);
  const started = call.started_at ?? call.created_at;
  const playable = call.recordings.filter((recording) => recording.status === "completed");
  const address = path`/calls/${call.call_id}`;
  return (
    <header class="call-head">
      <div class="call-title">
        <h1 class="numbers">
          {party(call.from_address)}<span class="entry-arrow" aria-hidden="true">→</span><span class="visually-hidden"> to </span>{party(call.to_address)}
        </h1>
        <p class="call-facts muted">
          <time dateTime={started}>{dateAndTime(started)}</time>
          {call.duration_ms !== null && <span title={lengthInWords(call.duration_ms)}>{length(call.duration_ms)}</span>}
          {call.assistant_id && <span>{call.assistant_id}</span>}
          <span class="call-chips" role="status">
            {state && <Chip label={state} />}
            {recorded && <Chip label={recorded} />}
            {call.legal_hold && <span class="chip warn" title={call.legal_hold.reason}><Icon name="hold" />Legal hold</span>}
            {isStale && <span class="chip warn">Connection lost, trying again</span>}
          </span>
        </p>
        {call.completeness_reason && recorded?.tone !== "good" && <p class="call-reason">{call.completeness_reason}</p>}
      </div>
      <div class="call-actions">
        {may("recordings:control") && isUnderWay(call) && <Controls call={call} onChanged={onChanged} />}
        {may("recordings:download") && playable.length > 0 && (
          <Menu label="Download" buttonClass="button" button={<><Icon name="download" /><span>Download</span></>}>
            <a role="menuitem" class="menu-item" href={`${address}/recordings.zip`} download><Icon name="package" />Everything (ZIP)</a>
            <a role="menuitem" class="menu-item" href={`${address}/recording/merged`} download><Icon name="recordings" />The whole call as one WAV</a>
          </Menu>
        )}
        {may("recordings:delete") && (
          <button type="button" class="button" onClick={onHold}><Icon name="hold" />{call.legal_hold ? "Lift hold" : "Hold"}</button>
        )}
      </div>
    </header>
  );
}

/** Pause, resume and stop of what is recorded this moment. */
function Controls({ call, onChanged }: { call: CallDetails; onChanged: () => void }) {
  const [busy, setBusy] = useState<string>();
  const [failure, setFailure] = useState<string>();
  const isPaused = call.pauses.some((pause) => pause.to === null);

  async function control(action: "pause" | "resume" | "stop"): Promise<void> {
    setBusy(action);
    setFailure(undefined);
    try {
      await send("POST", `${path`/calls/${call.call_id}`}/recording/${action}`);
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }

    setBusy(undefined);
    onChanged();
  }

  return (
    <>
      {isPaused
        ? <button type="button" class="button" disabled={busy !== undefined} onClick={() => void control("resume")}><Icon name="play" />Resume recording</button>
        : <button type="button" class="button" disabled={busy !== undefined} onClick={() => void control("pause")}><Icon name="pause" />Pause recording</button>}
      <button type="button" class="button" disabled={busy !== undefined} onClick={() => void control("stop")}><Icon name="stop" />Stop</button>
      {failure && <p class="notice bad" role="alert"><Icon name="alert" />{failure}</p>}
    </>
  );
}

function useTitle(call: CallDetails | undefined): void {
  const title = call && `${party(call.from_address)} → ${party(call.to_address)} · Burqi`;
  useEffect(() => {
    document.title = title ?? "Burqi";
    return () => {
      document.title = "Burqi";
    };
  }, [title]);
}

function Skeleton() {
  return (
    <div aria-busy="true">
      <span class="visually-hidden" role="status">Loading</span>
      <div class="skeleton" style={{ width: "360px", maxWidth: "80%", height: "28px", margin: "6px 0 12px" }} />
      <div class="skeleton" style={{ width: "220px", height: "16px", marginBottom: "24px" }} />
      <div class="card" style={{ height: "320px" }} />
    </div>
  );
}
