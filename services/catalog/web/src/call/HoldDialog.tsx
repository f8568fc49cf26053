import { useState } from "preact/hooks";
import { path, send } from "../app/api";
import type { CallDetails } from "../app/model";
import { Dialog } from "../ui/Dialog";
import { moment } from "../ui/format";
import { Icon } from "../ui/Icon";

export function HoldDialog({ call, onClose, onDone }: { call: CallDetails; onClose: () => void; onDone: () => void }) {
  const [reason, setReason] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const address = `${path`/calls/${call.call_id}`}/legal-hold`;

  async function change(event: Event): Promise<void> {
    event.preventDefault();
    if (!call.legal_hold && !reason.trim()) {
      setFailure("Say why, for whoever wants to lift it one day.");
      return;
    }

    setBusy(true);
    setFailure(undefined);
    try {
      await (call.legal_hold ? send("DELETE", address) : send("PUT", address, { reason: reason.trim() }));
      onDone();
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  }

  return (
    <Dialog title={call.legal_hold ? "Lift the legal hold?" : "Keep this call"} onClose={onClose}>
      <form class="dialog-form" onSubmit={change} noValidate>
        {call.legal_hold
          ? (
            <>
              <p>Once it is lifted, recordings may be deleted again, and what is due by a retention policy goes with its next round.</p>
              <p class="notice"><Icon name="hold" />{call.legal_hold.reason} <span class="muted">· since {moment(call.legal_hold.placed_at)}</span></p>
            </>
          )
          : (
            <>
              <p>Nothing of this call is deleted while the hold is in place: not by a policy, and by nobody here.</p>
              <label class="field">
                <span>Reason</span>
                <textarea class="input" maxLength={1000} autofocus value={reason} placeholder="Such as the number of a case" onInput={(event) => setReason(event.currentTarget.value)} />
              </label>
            </>
          )}
        {failure && <p class="notice bad" role="alert"><Icon name="alert" />{failure}</p>}
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>Cancel</button>
          <button class="button primary" disabled={isBusy}>{call.legal_hold ? "Lift the hold" : "Place the hold"}</button>
        </div>
      </form>
    </Dialog>
  );
}
