import { useEffect, useId, useState } from "preact/hooks";
import { get } from "../app/api";
import { go, hashOf } from "../app/route";
import type { Assistant, Page } from "../app/model";
import { Icon } from "../ui/Icon";
import { narrowing, searchOf, whens, type Filter } from "./criteria";

/** The search and the filters over a list. What they say stands in the fragment and nowhere else. */
export function Filters({ place, parameters, filters }: { place: string; parameters: URLSearchParams; filters: Filter[] }) {
  const searched = parameters.get("number") ?? parameters.get("call_id") ?? "";
  const [text, setText] = useState(searched);
  const [isOpen, setOpen] = useState(false);
  const assistants = useAssistants();
  const id = useId();
  useEffect(() => setText(searched), [searched]);

  const count = narrowing(parameters).filter((name) => name !== "number" && name !== "call_id").length;

  function change(changes: Record<string, string | undefined>): void {
    const next = new URLSearchParams(parameters);
    for (const [name, value] of Object.entries(changes)) {
      if (value) {
        next.set(name, value);
      } else {
        next.delete(name);
      }
    }

    go(hashOf([place], next));
  }

  function search(event?: Event): void {
    event?.preventDefault();
    const found = searchOf(text);
    change({ number: undefined, call_id: undefined, ...(found && { [found.name]: found.value }) });
  }

  return (
    <search class="filters">
      <form class="filters-search" onSubmit={search} role="presentation">
        <Icon name="search" />
        <input
          class="input"
          type="search"
          enterkeyhint="search"
          aria-label="Search by phone number or call id"
          placeholder="Number or call id"
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onSearch={search}
          onBlur={() => text !== searched && search()}
        />
        <button type="submit" class="visually-hidden">Search</button>
      </form>
      <button type="button" class="button filters-toggle" aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
        <Icon name="filter" />Filters{count > 0 && <span class="count">{count}</span>}
      </button>
      <div class={`filters-fields${isOpen ? " is-open" : ""}`} id={id}>
        <Select label="When" value={parameters.get("when") ?? ""} choices={whens} onChange={(when) => change({ when, from: undefined, to: undefined })} />
        {parameters.get("when") === "days" && (
          <>
            <Day label="From" value={parameters.get("from")} onChange={(from) => change({ from })} />
            <Day label="To" value={parameters.get("to")} onChange={(to) => change({ to })} />
          </>
        )}
        {assistants.length > 0 && (
          <Select
            label="Assistant"
            value={parameters.get("assistant_id") ?? ""}
            choices={[{ value: "", label: "Any" }, ...assistants.map((assistant) => ({ value: assistant, label: assistant }))]}
            onChange={(value) => change({ assistant_id: value })}
          />
        )}
        {filters.map((filter) => (
          <Select
            key={filter.name}
            label={filter.label}
            value={parameters.get(filter.name) ?? ""}
            choices={filter.choices}
            onChange={(value) => change({ [filter.name]: value })}
          />
        ))}
        {narrowing(parameters).length > 0 && <a class="button quiet filters-clear" href={hashOf([place])}><Icon name="close" />Clear</a>}
      </div>
    </search>
  );
}

function Select({ label, value, choices, onChange }: { label: string; value: string; choices: { value: string; label: string }[]; onChange: (value: string) => void }) {
  return (
    <label class={`filter${value ? " is-set" : ""}`}>
      <span>{label}</span>
      <select class="input" value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {choices.map((choice) => <option key={choice.value} value={choice.value}>{choice.label}</option>)}
        {!choices.some((choice) => choice.value === value) && <option value={value}>{value}</option>}
      </select>
    </label>
  );
}

function Day({ label, value, onChange }: { label: string; value: string | null; onChange: (value: string) => void }) {
  return (
    <label class={`filter${value ? " is-set" : ""}`}>
      <span>{label}</span>
      <input class="input" type="date" value={value ?? ""} onChange={(event) => onChange(event.currentTarget.value)} />
    </label>
  );
}

/** To choose from; a caller who may not see them chooses none. */
function useAssistants(): string[] {
  const [assistants, setAssistants] = useState<string[]>([]);
  useEffect(() => {
    get<Page<Assistant>>("/assistants?limit=200").then((page) => setAssistants(page.items.map((assistant) => assistant.id)), () => undefined);
  }, []);
  return assistants;
}
