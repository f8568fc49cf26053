// The one place that speaks to the API. The session's cookie goes along by itself.

/** What the API says of what it cannot do (RFC 9457). */
interface Problem {
  status?: number;
  title?: string;
  detail?: string;
  errors?: Record<string, string[]>;
  trace_id?: string;
}

export class ApiError extends Error {
  constructor(
    /** 0 where no answer came. */
    readonly status: number,
    readonly problem: Problem,
    readonly retryAfterSeconds?: number,
  ) {
    super(sentence(status, problem));
  }
}

function sentence(status: number, problem: Problem): string {
  const errors = Object.values(problem.errors ?? {}).flat();
  return errors.length > 0 ? errors.join(" ") : problem.detail ?? problem.title ?? (status === 0 ? "The server cannot be reached." : `The server answered ${status}.`);
}

interface Options {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: unknown;
  signal?: AbortSignal;
  /** An answer of before, by its ETag: where it still holds, null comes back. */
  etag?: string | undefined;
}

export interface Answer<T> {
  body: T;
  etag: string | undefined;
}

/** How long an answer may take; one who asks again and again would otherwise hang on the first that never comes. */
const limit = 30_000;

const ended = new Set<() => void>();

/** Hears when the server no longer knows the session. */
export function onSessionEnded(listener: () => void): () => void {
  ended.add(listener);
  return () => ended.delete(listener);
}

/** Null: nothing has changed since the ETag. */
export async function ask<T>(path: string, options: Options = {}): Promise<Answer<T> | null> {
  const { method = "GET", body, signal, etag } = options;
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") {
    // A form of another site cannot send it.
    headers["X-Burqi-Request"] = "1";
  }

  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
  }

  if (etag) {
    headers["If-None-Match"] = etag;
  }

  let response: Response;
  let text: string;
  // Ends by its caller or by the limit. (AbortSignal.any would do, and is too new.)
  const ending = new AbortController();
  const end = (): void => ending.abort();
  const timer = setTimeout(end, limit);
  signal?.addEventListener("abort", end);
  try {
    signal?.throwIfAborted();
    // The ETag is kept here: a cache of the browser's would hide the 304.
    response = await fetch(path, { method, headers, body: body === undefined ? null : JSON.stringify(body), cache: "no-store", signal: ending.signal });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) {
      throw error;
    }

    throw new ApiError(0, {});
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  }

  if (response.status === 304) {
    return null;
  }

  if (!response.ok) {
    const problem = problemIn(text);
    const wait = Number(response.headers.get("Retry-After"));
    if (response.status === 401 && path !== "/session") {
      ended.forEach((listener) => listener());
    }

    throw new ApiError(response.status, problem, wait > 0 ? wait : undefined);
  }

  return { body: (text ? JSON.parse(text) : undefined) as T, etag: response.headers.get("ETag") ?? undefined };
}

function problemIn(text: string): Problem {
  try {
    return (JSON.parse(text) ?? {}) as Problem;
  } catch {
    return {}; // Somebody between us and the API, who writes HTML.
  }
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await ask<T>(path, signal ? { signal } : {}))!.body;
}

export async function send<T = void>(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<T> {
  return (await ask<T>(path, { method, body }))!.body;
}

/** A path of encoded segments. */
export function path(strings: TemplateStringsArray, ...values: string[]): string {
  return strings.reduce((all, text, index) => all + encodeURIComponent(values[index - 1] ?? "") + text);
}
