import { useEffect, useState } from "preact/hooks";

// What the page shows stands in the fragment: a fragment is never sent, so that no number gets into a log.

export interface Route {
  segments: string[];
  parameters: URLSearchParams;
}

export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  return { segments: path.split("/").filter(Boolean).map(decode), parameters: new URLSearchParams(query) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function hashOf(segments: string[], parameters?: URLSearchParams): string {
  const query = parameters?.toString();
  return `#/${segments.map(encodeURIComponent).join("/")}${query ? `?${query}` : ""}`;
}

// What was shown before. Remembered here, which is there from the beginning: a view that comes later would miss the step that leads to it.
let before: string | undefined;
addEventListener("hashchange", (event) => {
  before = new URL(event.oldURL || location.href).hash;
});

/** Whether the step back leads to a list, as it was, with its search and its place. */
export function cameFromList(): boolean {
  return before !== undefined && /^#?\/?(calls|tracks)?(\?|$)/.test(before);
}

/** Replacing leaves the entry of the history where it is: what is typed letter by letter is one step back, not ten. */
export function go(hash: string, replace = false): void {
  if (hash === location.hash) {
    return;
  }

  history[replace ? "replaceState" : "pushState"](null, "", hash);
  dispatchEvent(new HashChangeEvent("hashchange"));
}

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = (): void => setHash(location.hash);
    addEventListener("hashchange", changed);
    addEventListener("popstate", changed);
    return () => {
      removeEventListener("hashchange", changed);
      removeEventListener("popstate", changed);
    };
  }, []);
  return parseRoute(hash);
}
