import { useState } from "preact/hooks";
import { path, send } from "../app/api";
import type { Recording } from "../app/model";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import { sourceName, trackName } from "../ui/labels";

export function DeleteDialog({ recording, isHeld, onClose, onDone }: { recording: Recording; isHeld: boolean; onClose: () => void; onDone: () => void }) {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();

  async function remove(): Promise<void> {
    setBusy(true);
    setFailure(undefined);
    try {
      await send("DELETE", path`/calls/${recording.call_id}/recording/${recording.id}`);
      onDone();
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  }

  return (
    <Dialog title="Delete this recording?" onClose={onClose}>
      <p>
        The audio of “{trackName(recording.recording_type)}”, recorded by {sourceName(recording.recording_source)}, goes everywhere: from the archive, from the
        node that recorded it and from the provider. It cannot be brought back. The call's history stays.
      </p>
      {isHeld && <p class="notice warn"><Icon name="hold" />A legal hold keeps the recordings of this call. Lift it first.</p>}
      {failure && <p class="notice bad" role="alert"><Icon name="alert" />{failure}</p>}
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose} autofocus>Keep it</button>
        <button type="button" class="button danger" disabled={isBusy || isHeld} onClick={() => void remove()}>{isBusy ? "Deleting…" : "Delete for good"}</button>
      </div>
    </Dialog>
  );
}
