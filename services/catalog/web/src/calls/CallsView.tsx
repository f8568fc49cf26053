import type { ComponentChildren } from "preact";
import { hashOf } from "../app/route";
import type { Call } from "../app/model";
import { clock, dayOf, length, lengthInWords, party, zone } from "../ui/format";
import { Icon } from "../ui/Icon";
import { callLabel, completenessLabel } from "../ui/labels";
import { Chip } from "../ui/Chip";
import { Failure, State } from "../ui/States";
import { Filters } from "./Filters";
import { callFilters, narrowing, queryOf } from "./criteria";
import { usePages, type Pages } from "./usePages";

export function CallsView({ parameters }: { parameters: URLSearchParams }) {
  const pages = usePages<Call>("/calls", queryOf(parameters).toString(), (call) => call.call_id);
  return (
    <>
      <ListHead place="calls" />
      <Filters place="calls" parameters={parameters} filters={callFilters} />
      <List
        place="calls"
        pages={pages}
        isNarrowed={narrowing(parameters).length > 0}
        startOf={(call) => call.started_at ?? call.created_at}
        empty={<State icon="calls" title="No calls yet"><p>Calls appear here by themselves as soon as the first one comes in.</p></State>}
      >
        {(call) => <CallRow key={call.call_id} call={call} />}
      </List>
    </>
  );
}

/** The heading of both lists, which leads from one to the other. */
export function ListHead({ place }: { place: "calls" | "tracks" }) {
  return (
    <div class="view-head">
      <h1>{place === "calls" ? "Calls" : "Recordings"}</h1>
      <nav class="segments" aria-label="What is listed">
        <a href="#/calls" aria-current={place === "calls" ? "page" : undefined}>Calls</a>
        <a href="#/tracks" aria-current={place === "tracks" ? "page" : undefined}>Recordings</a>
      </nav>
    </div>
  );
}

/** Rows by day, and what stands there instead of them. */
export function List<T>({ place, pages, isNarrowed, startOf, empty, children }: {
  place: string;
  pages: Pages<T>;
  isNarrowed: boolean;
  startOf: (item: T) => string;
  empty: ComponentChildren;
  children: (item: T) => ComponentChildren;
}) {
  const { items, error, isLoading, hasMore, more, retry } = pages;
  if (!items) {
    return error ? <div class="card"><Failure error={error} retry={retry} /></div> : <Skeleton />;
  }

  if (items.length === 0) {
    return (
      <div class="card" role="status">
        {isNarrowed
          ? (
            <State icon="search" title="Nothing matches">
              <p>Numbers are matched whole, with their country code: +49 30 901820, not 901820. Take a filter away to see more.</p>
              <a class="button" href={hashOf([place])}>Clear search and filters</a>
            </State>
          )
          : empty}
      </div>
    );
  }

  const days = grouped(items, (item) => dayOf(startOf(item)));
  return (
    <div class={isLoading ? "list is-loading" : "list"} aria-busy={isLoading}>
      {[...days].map(([day, rows]) => (
        <section key={day} class="list-day">
          <h2>{day}</h2>
          <ul class="card entries">{rows.map(children)}</ul>
        </section>
      ))}
      {error !== undefined && <Failure error={error} retry={more} />}
      <div class="list-end">
        {hasMore
          ? <button type="button" class="button" disabled={isLoading} onClick={more}>{isLoading ? "Loading…" : "Show more"}</button>
          : <p class="muted">That is all. Times are those of {zone.replace("_", " ")}.</p>}
      </div>
    </div>
  );
}

function grouped<T>(items: T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) {
      group.push(item);
    } else {
      groups.set(key(item), [item]);
    }
  }

  return groups;
}

function CallRow({ call }: { call: Call }) {
  const isOutbound = call.direction?.startsWith("outbound") ?? false;
  const state = callLabel(call);
  const recorded = completenessLabel(call);
  const started = call.started_at ?? call.created_at;
  return (
    <li class="entry">
      <span class={`entry-icon${isOutbound ? " is-out" : ""}`}><Icon name={isOutbound ? "outbound" : "inbound"} /></span>
      <span class="entry-main">
        <a class="entry-link numbers" href={hashOf(["calls", call.call_id])}>
          <span class="visually-hidden">{isOutbound ? "Outbound call" : "Inbound call"} from </span>
          {party(call.from_address)}
          <span class="entry-arrow" aria-hidden="true">→</span>
          <span class="visually-hidden"> to </span>
          {party(call.to_address)}
        </a>
        <span class="entry-sub">{call.assistant_id ?? (isOutbound ? "Outbound" : "Inbound")}</span>
      </span>
      <span class="entry-chips">
        {state && <Chip label={state} />}
        {recorded && (recorded.tone === "good"
          ? <span class="entry-fine" title="Completely recorded"><Icon name="check" /><span class="visually-hidden">Completely recorded</span></span>
          : <Chip label={recorded} title={call.completeness_reason ?? undefined} />)}
      </span>
      <time class="entry-time numbers" dateTime={started}>{clock(started)}</time>
      <span class="entry-length numbers">
        {call.duration_ms === null
          ? <span aria-hidden="true">–</span>
          : <><span aria-hidden="true">{length(call.duration_ms)}</span><span class="visually-hidden">{lengthInWords(call.duration_ms)}</span></>}
      </span>
    </li>
  );
}

function Skeleton() {
  return (
    <div class="list" aria-busy="true">
      <span class="visually-hidden" role="status">Loading</span>
      <section class="list-day" aria-hidden="true">
        <div class="skeleton skeleton-day" />
        <div class="card entries">
          {Array.from({ length: 8 }, (_, index) => (
            <div key={index} class="entry"><span class="entry-icon skeleton" /><span class="entry-main"><span class="skeleton skeleton-line" /><span class="skeleton skeleton-line is-short" /></span></div>
          ))}
        </div>
      </section>
    </div>
  );
}
