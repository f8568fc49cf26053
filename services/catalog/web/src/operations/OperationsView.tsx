import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import { get } from "../app/api";
import { hashOf } from "../app/route";
import { Icon } from "../ui/Icon";
import { explain, Failure } from "../ui/States";
import { Plot } from "./Plot";
import { byMonth, lastYear, type Jobs, type Month, type Report, type Usage } from "./report";
import { clock, count, money, month as monthName, parties, percent, size, span, time } from "./words";

const interval = 10_000;

/** How everything stands: what is being recorded, what went wrong, how full disks are, and what it costs. */
export function OperationsView() {
  const [report, setReport] = useState<Report>();
  const [error, setError] = useState<unknown>();

  const load = useCallback(async (signal?: AbortSignal) => {
    try {
      setReport(await get<Report>("/operations", signal));
      setError(undefined);
    } catch (failure) {
      if (!signal?.aborted) {
        setError(failure);
      }
    }
  }, []);

  useEffect(() => {
    const stop = new AbortController();
    void load(stop.signal);
    // Nobody looks at a page in the background.
    const timer = setInterval(() => document.visibilityState === "visible" && void load(stop.signal), interval);
    return () => {
      clearInterval(timer);
      stop.abort();
    };
  }, [load]);

  useEffect(() => {
    document.title = "Operations · Burqi";
  }, []);

  if (!report) {
    return error ? <Failure error={error} retry={() => void load()} /> : <Loading />;
  }

  return (
    <div class="operations">
      <div class="view-head">
        <h1>Operations</h1>
        <p class="muted numbers as-of"><span class="pulse" aria-hidden="true" />As of {new Date(report.as_of).toLocaleTimeString()}</p>
      </div>
      {error !== undefined && <p class="notice bad" role="alert"><Icon name="alert" /><span>What you see is out of date. {explain(error).advice}</span></p>}
      <Warnings report={report} />
      <Tiles report={report} />
      <div class="columns">
        <Active report={report} />
        <Stores report={report} />
      </div>
      <Stuck jobs={report.jobs} />
      <Missing report={report} />
      <Costs />
    </div>
  );
}

function Loading() {
  return (
    <div class="operations" aria-busy="true">
      <div class="view-head"><h1>Operations</h1></div>
      <div class="tiles">{[0, 1, 2, 3].map((tile) => <div key={tile} class="card tile skeleton" />)}</div>
      <div class="card section skeleton tall" />
    </div>
  );
}

/** What somebody should do something about now. */
function Warnings({ report }: { report: Report }) {
  const warnings: string[] = [];
  const { jobs, media_nodes: nodes } = report;
  if (jobs?.is_stale) {
    warnings.push(`The archiver has not reported since ${time(jobs.reported_at)}: it is not running, or cannot reach the message bus.`);
  }

  for (const node of nodes.filter((one) => one.is_stale)) {
    warnings.push(`Media node ${node.node} has not reported since ${time(node.reported_at)}. If it was taken away for good, it leaves this list after a week.`);
  }

  for (const destination of jobs?.open_breakers ?? []) {
    warnings.push(`${destination.startsWith("store/") ? `Store ${destination.slice(6)}` : destination} does not answer. Its jobs wait, and are taken up again when it does.`);
  }

  return warnings.length === 0 ? null : (
    <ul class="warnings" aria-label="Warnings">
      {warnings.map((warning) => <li key={warning} class="notice warn"><Icon name="alert" /><span>{warning}</span></li>)}
    </ul>
  );
}

function Tiles({ report }: { report: Report }) {
  const { counts, jobs } = report;
  const waiting = counts.captured + counts.archiving;
  const stuck = jobs?.stuck.length ?? 0;
  const lacking = counts.missing + counts.incomplete;
  return (
    <dl class="tiles">
      <Tile
        label="Recording now"
        value={count(counts.recording)}
        isLive={counts.recording > 0}
        note={counts.recording === 0 ? "No call is being recorded" : `tracks of ${count(report.active.length)}${report.active.length === 50 ? " or more" : ""} ${report.active.length === 1 ? "call" : "calls"}`}
      />
      <Tile
        label="On the way to the store"
        value={count(waiting)}
        note={jobs?.oldest_waiting_seconds && jobs.oldest_waiting_seconds > 60 ? `the oldest job is ${span(jobs.oldest_waiting_seconds)} late` : "nothing is late"}
      />
      <Tile
        label="Jobs stuck"
        value={stuck === 50 ? "50+" : count(stuck)}
        tone={stuck > 0 ? "bad" : "good"}
        note={jobs ? (stuck > 0 ? `${count(jobs.dead)} given up, to be looked at` : "every job is moving") : "the archiver has not reported yet"}
      />
      <Tile
        label="Not recorded in full"
        value={count(lacking)}
        tone={lacking > 0 ? "bad" : "good"}
        note={lacking > 0 ? `${count(counts.missing)} missing, ${count(counts.incomplete)} incomplete in 7 days` : "every call of the last 7 days is complete"}
      />
    </dl>
  );
}

function Tile({ label, value, note, tone, isLive = false }: { label: string; value: string; note: string; tone?: "good" | "bad"; isLive?: boolean }) {
  return (
    <div class={`card tile${tone ? ` ${tone}` : ""}`}>
      <dt>{label}{isLive && <span class="live-dot" aria-hidden="true" />}</dt>
      <dd class="value numbers">{value}</dd>
      <dd class="note">{note}</dd>
    </div>
  );
}

function Section({ title, note, children }: { title: string; note?: ComponentChildren; children: ComponentChildren }) {
  return (
    <section class="card section">
      <div class="section-head"><h2>{title}</h2>{note && <span class="muted numbers">{note}</span>}</div>
      {children}
    </section>
  );
}

function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty"><Icon name="check" />{children}</p>;
}

function CallLink({ call }: { call: { call_id: string; from_address: string | null; to_address: string | null } }) {
  return <a class="call-link numbers" href={hashOf(["calls", call.call_id])}>{parties(call)}</a>;
}

function Active({ report }: { report: Report }) {
  const asOf = Date.parse(report.as_of);
  return (
    <Section title="Recording now" note={`${count(report.counts.calls_in_progress)} ${report.counts.calls_in_progress === 1 ? "call" : "calls"} in progress`}>
      {report.active.length === 0 ? <Empty>No call is being recorded.</Empty> : (
        <ul class="entries">
          {report.active.map((call) => (
            <li key={call.call_id} class="entry">
              <div class="entry-main">
                <CallLink call={call} />
                <div class="entry-sub">{[call.assistant_id, call.recording_types.join(", ")].filter(Boolean).join(" · ")}</div>
              </div>
              <span class="chip live numbers">{clock((asOf - Date.parse(call.started_at)) / 1000)}</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Stores({ report }: { report: Report }) {
  const { jobs, media_nodes: nodes, store_use: use } = report;
  const disk = jobs?.store_total_bytes != null && jobs.store_free_bytes != null ? { total: jobs.store_total_bytes, free: jobs.store_free_bytes } : null;
  return (
    <Section title="Disks and stores">
      {nodes.length === 0 && !disk && <p class="empty muted">No media node has reported yet. Each does about once a minute.</p>}
      <ul class="gauges">
        {nodes.map((node) => (
          <Gauge
            key={node.node}
            name={node.node}
            note={`${count(node.active_streams)} ${node.active_streams === 1 ? "stream" : "streams"}`}
            used={node.disk_total_bytes - node.disk_free_bytes}
            total={node.disk_total_bytes}
            isStale={node.is_stale}
          />
        ))}
        {disk && <Gauge name="Store on disk" used={disk.total - disk.free} total={disk.total} isStale={jobs?.is_stale ?? false} />}
      </ul>
      {use && (
        <table class="table">
          <caption class="visually-hidden">What lies in each store</caption>
          <thead><tr><th scope="col">Store</th><th scope="col" class="right">Recordings</th><th scope="col" class="right">Size</th></tr></thead>
          <tbody>
            {use.stores.map((store) => (
              <tr key={store.store}><th scope="row">{store.store}</th><td class="right numbers">{count(store.recordings)}</td><td class="right numbers">{size(store.bytes)}</td></tr>
            ))}
            {use.stores.length === 0 && <tr><td colSpan={3} class="muted">Nothing is stored yet.</td></tr>}
          </tbody>
        </table>
      )}
    </Section>
  );
}

function Gauge({ name, note, used, total, isStale = false }: { name: string; note?: string; used: number; total: number; isStale?: boolean }) {
  const full = percent(used, total);
  return (
    <li class={`gauge${isStale ? " stale" : full >= 90 ? " bad" : full >= 80 ? " warn" : ""}`}>
      <div class="gauge-head">
        <span class="gauge-name">{name}</span>
        {isStale ? <span class="chip warn">silent</span> : note && <span class="muted">{note}</span>}
        <span class="numbers gauge-value">{Math.round(full)} %</span>
      </div>
      <svg class="meter" width="100%" height="8" role="img" aria-label={`${name}: ${Math.round(full)} % of its disk is in use`}>
        <rect class="meter-rest" width="100%" height="8" rx="4" />
        <rect class="meter-used" width={`${full}%`} height="8" rx="4" />
      </svg>
      <div class="entry-sub numbers">{size(total - used)} free of {size(total)}</div>
    </li>
  );
}

function Stuck({ jobs }: { jobs: Jobs | null }) {
  return (
    <Section title="Stuck jobs" note={jobs ? `${count(jobs.waiting)} waiting, ${count(jobs.running)} running, ${count(jobs.dead)} given up` : undefined}>
      {!jobs ? <p class="empty muted">The archiver has not reported yet. It does about once a minute.</p>
        : jobs.stuck.length === 0 ? <Empty>No job was given up, and none is late.</Empty>
          : (
            <>
              <ul class="entries">
                {jobs.stuck.map((job) => (
                  <li key={job.id} class="entry">
                    <div class="entry-main">
                      <a class="call-link mono" href={hashOf(["calls", job.call_id])}>{job.call_id}</a>
                      <div class="entry-text">{job.error ?? "It waits for its turn."}</div>
                      <div class="entry-sub numbers">{job.step} · {job.attempts} {job.attempts === 1 ? "attempt" : "attempts"} · since {time(job.created_at)}</div>
                    </div>
                    <span class={`chip ${job.state === "dead" ? "bad" : "warn"}`}>{job.state === "dead" ? "given up" : "late"}</span>
                  </li>
                ))}
              </ul>
              <p class="hint">When the cause is mended, <span class="mono">burqi jobs retry --all</span> has all that were given up done again.</p>
            </>
          )}
    </Section>
  );
}

function Missing({ report }: { report: Report }) {
  return (
    <Section title="Missing of the last 7 days" note={report.counts.failed > 0 ? `${count(report.counts.failed)} ${report.counts.failed === 1 ? "recording" : "recordings"} failed` : undefined}>
      {report.lacking.length === 0 && report.failed.length === 0 ? <Empty>Every call was recorded in full, and no recording failed.</Empty> : (
        <ul class="entries">
          {report.lacking.map((call) => (
            <li key={call.call_id} class="entry">
              <div class="entry-main">
                <CallLink call={call} />
                <div class="entry-text">{call.completeness_reason}</div>
                <div class="entry-sub numbers">{[time(call.started_at), call.assistant_id].filter(Boolean).join(" · ")}</div>
              </div>
              <span class={`chip ${call.completeness === "missing" ? "bad" : "warn"}`}>{call.completeness}</span>
            </li>
          ))}
          {report.failed.map((recording) => (
            <li key={recording.recording_id} class="entry">
              <div class="entry-main">
                <a class="call-link mono" href={hashOf(["calls", recording.call_id])}>{recording.call_id}</a>
                <div class="entry-text">{recording.reason ?? "No reason was given."}</div>
                <div class="entry-sub numbers">{time(recording.started_at)} · {recording.recording_type}, {recording.recording_source}</div>
              </div>
              <span class="chip bad">failed</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Costs() {
  const [months, setMonths] = useState<Month[]>();
  const [unit, setUnit] = useState("USD");
  const [error, setError] = useState<unknown>();

  const load = useCallback(async () => {
    setError(undefined);
    const year = lastYear(new Date());
    try {
      const usage = await get<Usage>(`/usage?from=${year.from}&to=${year.to}`);
      setUnit(usage.tariff.unit);
      setMonths(byMonth(year.months, usage));
    } catch (failure) {
      setError(failure);
    }
  }, []);

  useEffect(() => void load(), [load]);

  const names = months?.map((one) => one.month) ?? [];
  return (
    <Section title="Costs and use by month" note="12 months, in UTC">
      {error ? <Failure error={error} retry={() => void load()} /> : !months ? <div class="skeleton tall" aria-busy="true" /> : (
        <>
          <div class="plots">
            <Plot
              title={`What the provider asks for (${unit})`}
              months={names}
              format={(value) => money(value, unit)}
              series={[
                { name: "Recording", paint: "paint-1", values: months.map((one) => one.recordingPrice) },
                { name: "Storage", paint: "paint-2", values: months.map((one) => one.storagePrice) },
              ]}
            />
            <Plot
              title="Minutes recorded"
              months={names}
              format={(value) => count(Math.round(value))}
              series={[
                { name: "By Burqi", paint: "paint-1", values: months.map((one) => one.localMinutes) },
                { name: "By the provider", paint: "paint-2", values: months.map((one) => one.providerMinutes) },
              ]}
            />
          </div>
          <details class="numbers-table">
            <summary>The numbers</summary>
            <div class="scroll" tabIndex={0} role="region" aria-label="Costs and use by month">
              <table class="table">
                <thead>
                  <tr>
                    <th scope="col">Month</th><th scope="col" class="right">Recording</th><th scope="col" class="right">Storage</th>
                    <th scope="col" class="right">Minutes, Burqi</th><th scope="col" class="right">Minutes, provider</th><th scope="col" class="right">Stored</th>
                  </tr>
                </thead>
                <tbody>
                  {[...months].reverse().map((one) => (
                    <tr key={one.month}>
                      <th scope="row">{monthName(one.month, "long")}</th>
                      <td class="right numbers">{money(one.recordingPrice, unit)}</td>
                      <td class="right numbers">{money(one.storagePrice, unit)}</td>
                      <td class="right numbers">{count(one.localMinutes)}</td>
                      <td class="right numbers">{count(one.providerMinutes)}</td>
                      <td class="right numbers">{size(one.bytes)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </details>
          <p class="hint">Worked out from the tariff that is configured; the provider's invoice decides.</p>
        </>
      )}
    </Section>
  );
}
