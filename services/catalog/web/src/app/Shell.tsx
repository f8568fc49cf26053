import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import icon from "../assets/icon.svg";
import { CallsView } from "../calls/CallsView";
import { TracksView } from "../calls/TracksView";
import { Icon, type IconName } from "../ui/Icon";
import { Menu } from "../ui/Menu";
import { State } from "../ui/States";
import { useRoute } from "./route";
import { useMay, type Session } from "./session";
import { setTheme, theme, type Theme } from "./theme";

const themes: { value: Theme; label: string; icon: IconName }[] = [
  { value: "system", label: "As the system", icon: "system" },
  { value: "light", label: "Light", icon: "sun" },
  { value: "dark", label: "Dark", icon: "moon" },
];

const licences = document.querySelector<HTMLLinkElement>("link[rel=license]")?.href;

export function Shell({ session, onSignOut }: { session: Session; onSignOut: () => void }) {
  const route = useRoute();
  const may = useMay();
  const main = useRef<HTMLElement>(null);
  const [chosen, setChosen] = useState(theme);
  const place = route.segments[0] ?? "calls";
  const where = route.segments.slice(0, 2).join("/");

  // Another view is another page to a screen reader: it is read from its top.
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) {
      main.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }

    isFirst.current = false;
  }, [where]);

  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>To the content</a>
      <header class="topbar">
        <div class="topbar-inner">
          <a class="wordmark" href="#/calls"><img src={icon} alt="" />Burqi</a>
          <nav class="nav" aria-label="Main">
            <Tab href="#/calls" icon="calls" isCurrent={place === "calls" || place === "tracks"}>Calls</Tab>
            {may("admin") && <Tab href="#/operations" icon="operations" isCurrent={place === "operations"}>Operations</Tab>}
            {may("calls:place") && <Tab href="/phone" icon="dial" isCurrent={false}>Phone</Tab>}
          </nav>
          <div class="spread" />
          <Menu label="Account and appearance" button={<Icon name="account" />}>
            <div class="menu-head">Signed in as <strong>{session.name}</strong></div>
            {themes.map(({ value, label, icon: name }) => (
              <button
                key={value}
                type="button"
                role="menuitemradio"
                aria-checked={chosen === value}
                class="menu-item"
                onClick={() => { setTheme(value); setChosen(value); }}
              >
                <Icon name={name} />{label}{chosen === value && <span class="menu-check"><Icon name="check" /></span>}
              </button>
            ))}
            <a role="menuitem" class="menu-item" href={licences} target="_blank" rel="noreferrer"><Icon name="recordings" />Licences</a>
            <button type="button" role="menuitem" class="menu-item" onClick={onSignOut}><Icon name="leave" />Sign out</button>
          </Menu>
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <View segments={route.segments} parameters={route.parameters} />
      </main>
    </>
  );
}

function Tab({ href, icon: name, isCurrent, children }: { href: string; icon: IconName; isCurrent: boolean; children: string }) {
  return <a href={href} aria-current={isCurrent ? "page" : undefined}><Icon name={name} />{children}</a>;
}

function View({ segments, parameters }: { segments: string[]; parameters: URLSearchParams }) {
  const [place = "calls", id] = segments;
  switch (place) {
    case "calls":
      return id ? <Later key={id} load={loadCall} properties={{ callId: id }} /> : <CallsView parameters={parameters} />;
    case "tracks":
      return <TracksView parameters={parameters} />;
    case "operations":
      return <Later key={place} load={loadOperations} properties={{}} />;
    default:
      return <State icon="search" title="There is no such page"><a class="button" href="#/calls">To the calls</a></State>;
  }
}

// Views that not everybody opens come when they are asked for.
const loadCall = () => import("../call/CallView").then((module) => module.CallView);
const loadOperations = () => import("../operations/OperationsView").then((module) => module.OperationsView);

function Later<P extends object>({ load, properties }: { load: () => Promise<ComponentType<P>>; properties: P }) {
  const [Loaded, setLoaded] = useState<ComponentType<P>>();
  const [hasFailed, setFailed] = useState(false);
  useEffect(() => {
    load().then((component) => setLoaded(() => component), () => setFailed(true));
  }, [load]);

  if (Loaded) {
    return <Loaded {...properties} />;
  }

  // After an upgrade the parts have other names, and a browser does not ask again for one that did not come.
  return hasFailed
    ? (
      <div role="alert">
        <State icon="alert" title="This part could not be loaded">
          <p>Burqi was probably updated since you opened this page, or the connection is gone. Loading the page again puts it right; you stay where you are.</p>
          <button type="button" class="button" onClick={() => location.reload()}><Icon name="retry" />Load the page again</button>
        </State>
      </div>
    )
    : <div aria-busy="true" />;
}
