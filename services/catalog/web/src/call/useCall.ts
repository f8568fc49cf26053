import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, ask, path } from "../app/api";
import { isUnderWay, type CallDetails } from "../app/model";

const whileUnderWay = 2_000;
const otherwise = 15_000;

/** A call as it is by now: asked about every two seconds while something of it goes on. */
export function useCall(callId: string): { call: CallDetails | undefined; error: unknown; isStale: boolean; refresh: () => void } {
  const [call, setCall] = useState<CallDetails>();
  const [error, setError] = useState<unknown>();
  const [isStale, setStale] = useState(false);
  const asked = useRef<() => void>(() => undefined);

  useEffect(() => {
    const leaving = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    let etag: string | undefined;
    let known: CallDetails | undefined;
    let isAsking = false;
    let askAgain = false;

    const askNow = async (): Promise<void> => {
      clearTimeout(timer);
      if (isAsking) {
        // What is on its way may be from before that which is to be seen.
        askAgain = true;
        return;
      }

      isAsking = true;
      try {
        const answer = await ask<CallDetails>(path`/calls/${callId}`, { etag, signal: leaving.signal });
        if (answer) {
          etag = answer.etag;
          known = answer.body;
          setCall(answer.body);
        }

        setError(undefined);
        setStale(false);
      } catch (failure) {
        if (leaving.signal.aborted) {
          return;
        }

        // What is shown stays: a server that is away for a moment takes nothing from the reader.
        if (known && !(failure instanceof ApiError && failure.status === 404)) {
          setStale(true);
        } else {
          setCall(undefined);
          setError(failure);
        }
      } finally {
        isAsking = false;
      }

      if (askAgain) {
        askAgain = false;
        return askNow();
      }

      timer = setTimeout(() => void (document.hidden ? later() : askNow()), known && isUnderWay(known, known.recordings) ? whileUnderWay : otherwise);
    };
    const later = (): void => {
      timer = setTimeout(() => void (document.hidden ? later() : askNow()), 1_000);
    };

    asked.current = () => void askNow();
    void askNow();
    return () => {
      leaving.abort();
      clearTimeout(timer);
    };
  }, [callId]);

  return { call, error, isStale, refresh: () => asked.current() };
}
