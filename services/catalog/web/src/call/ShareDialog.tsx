import { useEffect, useState } from "preact/hooks";
import { get, path, send } from "../app/api";
import type { Recording, ShareLink } from "../app/model";
import { Dialog } from "../ui/Dialog";
import { dateAndTime } from "../ui/format";
import { Icon } from "../ui/Icon";
import { trackName } from "../ui/labels";

const terms = [
  { value: 3600, label: "1 hour" },
  { value: 86_400, label: "1 day" },
  { value: 259_200, label: "3 days" },
  { value: 604_800, label: "7 days" },
];

/** Makes a link that plays this recording to whoever has it, and takes such links back. */
export function ShareDialog({ recording, onClose }: { recording: Recording; onClose: () => void }) {
  const [seconds, setSeconds] = useState(86_400);
  const [made, setMade] = useState<ShareLink>();
  const [links, setLinks] = useState<ShareLink[]>([]);
  const [failure, setFailure] = useState<string>();
  const [said, setSaid] = useState("");
  const address = `${path`/calls/${recording.call_id}/recording/${recording.id}`}/links`;

  function list(): Promise<void> {
    return get<{ items: ShareLink[] } | ShareLink[]>(address).then((answer) => {
      const all = Array.isArray(answer) ? answer : answer.items;
      setLinks(all.filter((link) => !link.revoked_at && Date.parse(link.expires_at) > Date.now()));
    });
  }

  useEffect(() => void list().catch(() => undefined), [address]);

  async function attempt(action: () => Promise<void>): Promise<void> {
    setFailure(undefined);
    try {
      await action();
      await list();
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
  }

  const create = (): Promise<void> => attempt(async () => {
    setMade(await send<ShareLink>("POST", address, { expires_in_seconds: seconds }));
    setSaid("Link made");
  });

  const revoke = (link: ShareLink): Promise<void> => attempt(async () => {
    await send("DELETE", `${address}/${encodeURIComponent(link.id)}`);
    setMade((known) => (known?.id === link.id ? undefined : known));
    setSaid("Link revoked");
  });

  async function copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("Copied");
    } catch {
      // Without https browsers refuse: it is selected, to be copied by hand.
      document.querySelector<HTMLInputElement>("#share-url")?.select();
      setSaid("Press Ctrl+C to copy");
    }
  }

  return (
    <Dialog title={`Share “${trackName(recording.recording_type)}”`} onClose={onClose}>
      <p>Whoever has the link can hear this recording without signing in, until the link expires or you revoke it. Each time is noted in the call's history.</p>
      {made?.url
        ? (
          <div class="share-made">
            <input class="input mono" id="share-url" readOnly aria-label="The link" value={made.url} onFocus={(event) => event.currentTarget.select()} />
            <button type="button" class="button primary" onClick={() => void copy(made.url!)}><Icon name="copy" />{said === "Copied" ? "Copied" : "Copy"}</button>
          </div>
        )
        : (
          <div class="share-made">
            <label class="field"><span class="visually-hidden">It is valid for</span>
              <select class="input" value={String(seconds)} onChange={(event) => setSeconds(Number(event.currentTarget.value))}>
                {terms.map((term) => <option key={term.value} value={String(term.value)}>Valid for {term.label}</option>)}
              </select>
            </label>
            <button type="button" class="button primary" onClick={() => void create()}><Icon name="link" />Make a link</button>
          </div>
        )}
      {failure && <p class="notice bad" role="alert"><Icon name="alert" />{failure}</p>}
      {links.length > 0 && (
        <section class="share-links" aria-label="Links that are valid">
          <h3>Valid links</h3>
          <ul>
            {links.map((link) => (
              <li key={link.id}>
                <span>Until {dateAndTime(link.expires_at)}{link.created_by && <span class="muted">Made by {link.created_by}</span>}</span>
                <button type="button" class="button quiet" onClick={() => void revoke(link)}>Revoke</button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <span class="visually-hidden" role="status">{said}</span>
    </Dialog>
  );
}
