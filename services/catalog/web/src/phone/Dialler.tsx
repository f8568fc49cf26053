import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { hashOf } from "../app/route";
import { Icon } from "../ui/Icon";
import { Glyph } from "./Glyph";
import { Line, type LineState } from "./line";
import { numberOf, objection } from "./number";

const keys: [digit: string, letters: string][] = [
  ["1", ""], ["2", "ABC"], ["3", "DEF"], ["4", "GHI"], ["5", "JKL"], ["6", "MNO"], ["7", "PQRS"], ["8", "TUV"], ["9", "WXYZ"], ["*", ""], ["0", "+"], ["#", ""],
];

/** A number, a keypad and a button; during a call what one does in a call. */
export function Dialler() {
  const [state, setState] = useState<LineState>({ at: "idle" });
  const line = useMemo(() => new Line(setState), []);
  // A link from elsewhere on the page may bring a number along, in the fragment, which is never sent.
  const [text, setText] = useState(() => numberOf(decodeURIComponent(location.hash.slice(1))) ?? "");
  const [failure, setFailure] = useState<string>();
  const [pressed, setPressed] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const hangUp = useRef<HTMLButtonElement>(null);
  const isCalling = state.at === "connecting" || state.at === "ringing" || state.at === "talking";

  useEffect(() => {
    const close = (): void => line.close();
    addEventListener("pagehide", close);
    return () => {
      removeEventListener("pagehide", close);
      close();
    };
  }, [line]);

  // What had the focus is gone: it stays where one goes on.
  const wasCalling = useRef(false);
  useEffect(() => {
    if (isCalling !== wasCalling.current) {
      wasCalling.current = isCalling;
      (isCalling ? hangUp.current : field.current)?.focus();
    }
  }, [isCalling]);

  useEffect(() => {
    if (state.at !== "talking") {
      return;
    }

    const onKeyDown = (event: KeyboardEvent): void => {
      if (/^[\d*#]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
        press(event.key);
      }
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [state.at]);

  function press(digit: string): void {
    if (state.at === "talking") {
      line.press(digit);
      setPressed((before) => (before + digit).slice(-24));
    } else {
      setText((before) => before + (digit === "0" && before === "" ? "+" : digit));
      setFailure(undefined);
    }
  }

  function call(event: Event): void {
    event.preventDefault();
    const number = numberOf(text);
    if (number === null) {
      setFailure(objection(text));
      field.current?.focus();
      return;
    }

    setFailure(undefined);
    setPressed("");
    void line.dial(number);
  }

  return (
    <form class="dialler card" onSubmit={call} noValidate aria-label="Call a number">
      {isCalling ? <InCall state={state} pressed={pressed} /> : (
        <div class="number">
          <label class="visually-hidden" for="number">Number to call</label>
          <input
            id="number"
            ref={field}
            class="number-input numbers"
            type="tel"
            inputMode="tel"
            autocomplete="off"
            placeholder="+1 415 555 0100"
            spellcheck={false}
            autofocus
            value={text}
            aria-invalid={failure !== undefined}
            aria-describedby="number-note"
            onInput={(event) => { setText(event.currentTarget.value); setFailure(undefined); }}
          />
          <p id="number-note" class={`number-note${failure ? " bad" : ""}`} role={failure ? "alert" : undefined}>
            {failure ?? "The country code first, after a +"}
          </p>
        </div>
      )}
      <div class="keypad" role="group" aria-label={isCalling ? "Tones" : "Keypad"}>
        {keys.map(([digit, letters]) => (
          <button key={digit} type="button" class="key" disabled={isCalling && state.at !== "talking"} aria-label={digit === "*" ? "star" : digit === "#" ? "pound" : undefined} onClick={() => press(digit)}>
            <span class="key-digit">{digit === "*" ? "∗" : digit}</span>
            <span class="key-letters" aria-hidden="true">{letters}</span>
          </button>
        ))}
      </div>
      <div class="dialler-actions">
        {state.at === "talking" ? (
          <button type="button" class="round" aria-pressed={state.isMuted} onClick={() => line.mute(!state.isMuted)}>
            <span class="round-face"><Glyph name={state.isMuted ? "mute" : "speak"} /></span>Mute
          </button>
        ) : <span />}
        {isCalling ? (
          <button type="button" class="round hang-up" ref={hangUp} onClick={() => line.hangUp()}><span class="round-face"><Glyph name="end" /></span>Hang up</button>
        ) : (
          <button class="round place"><span class="round-face"><Glyph name="call" /></span>Call</button>
        )}
        {!isCalling && text ? (
          <button type="button" class="round" onClick={() => { setText(text.slice(0, -1)); field.current?.focus(); }}><span class="round-face plain"><Glyph name="back" /></span>Delete</button>
        ) : <span />}
      </div>
      <div role="status" class="outcome-place">{state.at === "ended" && <Outcome state={state} />}</div>
    </form>
  );
}

function InCall({ state, pressed }: { state: LineState & { at: "connecting" | "ringing" | "talking" }; pressed: string }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);

  const words = state.at === "connecting" ? "Connecting…" : state.at === "ringing" ? "Ringing…" : state.isReconnecting ? "The connection broke. Connecting again…" : undefined;
  return (
    <div class="in-call">
      <p class="in-call-number numbers">{state.number}</p>
      {words
        ? <p class="in-call-state" role="status">{words}</p>
        : state.at === "talking" && <p class="in-call-state talking numbers"><span class="visually-hidden" role="status">Connected</span><span role="timer">{length((now - state.since) / 1000)}</span>{state.isMuted && " · muted"}</p>}
      {state.at === "talking" && state.notice && <p class="notice bad" role="alert"><Icon name="alert" /><span>{state.notice}</span></p>}
      {pressed && <p class="tones numbers">{pressed}</p>}
    </div>
  );
}

function Outcome({ state }: { state: LineState & { at: "ended" } }) {
  return (
    <div class={`notice outcome${state.failure ? " bad" : ""}`}>
      <Icon name={state.failure ? "alert" : "check"} />
      <span>
        {state.failure ?? (state.seconds === undefined ? "The call ended before it was answered." : `The call ended after ${length(state.seconds)}.`)}
        {state.callId && <> <a href={`/${hashOf(["calls", state.callId])}`}>To its recordings</a></>}
      </span>
    </div>
  );
}

function length(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
