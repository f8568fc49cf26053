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
export function usePages<T>(path: string, query: string, key: (item: T) => string): Pages<T> {
  const [items, setItems] = useState<T[]>();
  const [cursor, setCursor] = useState<string | null>(null);
  const [isLoading, setLoading] = useState(true);
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  const etag = useRef<string | undefined>(undefined);
  const pages = useRef(0);

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
    etag.current = undefined;
    pages.current = 0;
    setLoading(true);
    setError(undefined);
    load(null, leaving.signal).then(
      (answer) => {
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
      });

    const timer = setInterval(() => {
      if (document.hidden || pages.current === 0) {
        return;
      }

      load(null, leaving.signal).then((answer) => {
        if (!answer || leaving.signal.aborted) {
          return;
        }

        etag.current = answer.etag;
        const fresh = answer.body.items;
        if (pages.current === 1) {
          setItems(fresh);
          setCursor(answer.body.next_cursor);
          return;
        }

        // What was loaded further down stays where it is.
        const keys = new Set(fresh.map(key));
        setItems((known) => [...fresh, ...(known ?? []).filter((item) => !keys.has(key(item)))]);
      }, () => undefined); // What is shown is still right; the next one may come through.
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

    setLoading(true);
    setError(undefined);
    load(cursor, AbortSignal.timeout(30_000)).then(
      (answer) => {
        pages.current++;
        const keys = new Set(answer!.body.items.map(key));
        setItems((known) => [...(known ?? []).filter((item) => !keys.has(key(item))), ...answer!.body.items]);
        setCursor(answer!.body.next_cursor);
        setLoading(false);
      },
      (failure) => {
        setError(failure);
        setLoading(false);
      });
  }, [cursor, isLoading, load]);

  return { items, hasMore: cursor !== null, isLoading, error, more, retry: () => setAttempt(attempt + 1) };
}
