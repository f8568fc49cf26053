import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ask } from "../app/api";
import type { Page } from "../app/model";

const pageSize = 50;
const refreshEvery = 5_000;

export interface Pages<T> {
  items: T[] | undefined;
  hasMore: boolean;
  isLoading: boolean;
  error: unknown;
  more: () => void;
  retry: () => void;
}

/** A list, page by page. Its first page is asked about again while it is looked at, so that new rows appear by themselves. */
export function usePages<T extends { started_at: string | null; created_at: string }>(path: string, query: string, key: (item: T) => string): Pages<T> {
  const [items, setItems] = useState<T[]>();
  const [cursor, setCursor] = useState<string | null>(null);
  const [isLoading, setLoading] = useState(true);
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  const etag = useRef<string | undefined>(undefined);
  const pages = useRef(0);
  /** Ends what was asked for another search. */
  const current = useRef(new AbortController());

  const direction = new URLSearchParams(query).get("sort") === "started_at" ? 1 : -1;
  const load = useCallback(async (from: string | null, signal: AbortSignal) => {
    const parameters = new URLSearchParams(query);
    parameters.set("limit", String(pageSize));
    if (from) {
      parameters.set("cursor", from);
    }

    return ask<Page<T>>(`${path}?${parameters}`, { signal, etag: from ? undefined : etag.current });
  }, [path, query]);

  useEffect(() => {
    const leaving = new AbortController();
    let isAsking = true;
    current.current = leaving;
    etag.current = undefined;
    pages.current = 0;
    setLoading(true);
    setError(undefined);
    load(null, leaving.signal).then(
      (answer) => {
        if (leaving.signal.aborted) {
          return;
        }

        etag.current = answer!.etag;
        pages.current = 1;
        setItems(answer!.body.items);
        setCursor(answer!.body.next_cursor);
        setLoading(false);
      },
      (failure) => {
        if (!leaving.signal.aborted) {
          setItems(undefined);
          setError(failure);
          setLoading(false);
        }
      }).finally(() => {
      isAsking = false;
    });

    const timer = setInterval(() => {
      if (document.hidden || isAsking || pages.current === 0) {
        return;
      }

      isAsking = true;
      load(null, leaving.signal).then((answer) => {
        if (!answer || leaving.signal.aborted) {
          return;
        }

        etag.current = answer.etag;
        const fresh = answer.body.items;
        const last = fresh.at(-1);
        if (pages.current === 1 || !last || !answer.body.next_cursor) {
          pages.current = 1;
          setItems(fresh);
          setCursor(answer.body.next_cursor);
          return;
        }

        // What was loaded further down stays where it is. What would have to stand among these and does not no longer matches.
        const keys = new Set(fresh.map(key));
        const isBelow = (item: T): boolean => direction * (startOf(item) - startOf(last)) >= 0;
        setItems((known) => [...fresh, ...(known ?? []).filter((item) => !keys.has(key(item)) && isBelow(item))]);
      }, () => undefined).finally(() => { // What is shown is still right; the next one may come through.
        isAsking = false;
      });
    }, refreshEvery);

    return () => {
      leaving.abort();
      clearInterval(timer);
    };
  }, [load, attempt]);

  const more = useCallback(() => {
    if (!cursor || isLoading) {
      return;
    }

    const { signal } = current.current;
    setLoading(true);
    setError(undefined);
    load(cursor, signal).then(
      (answer) => {
        if (signal.aborted) {
          return;
        }

        pages.current++;
        const keys = new Set(answer!.body.items.map(key));
        setItems((known) => [...(known ?? []).filter((item) => !keys.has(key(item))), ...answer!.body.items]);
        setCursor(answer!.body.next_cursor);
        setLoading(false);
      },
      (failure) => {
        if (!signal.aborted) {
          setError(failure);
          setLoading(false);
        }
      });
  }, [cursor, isLoading, load]);

  return { items, hasMore: cursor !== null, isLoading, error, more, retry: () => setAttempt(attempt + 1) };
}

/** What both lists are sorted by. */
function startOf(item: { started_at: string | null; created_at: string }): number {
  return Date.parse(item.started_at ?? item.created_at);
}
