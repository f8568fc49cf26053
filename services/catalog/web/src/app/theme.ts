export type Theme = "system" | "light" | "dark";

const key = "burqi-theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

export function theme(): Theme {
  const kept = read();
  return kept === "light" || kept === "dark" ? kept : "system";
}

export function setTheme(chosen: Theme): void {
  try {
    localStorage.setItem(key, chosen);
  } catch {
    // A browser that keeps nothing: it holds until the page is closed.
  }

  apply(chosen);
}

/** Before anything is drawn, and again when the system changes its mind. */
export function startTheme(): void {
  apply(theme());
  dark.addEventListener("change", () => apply(theme()));
}

function apply(chosen: Theme): void {
  const shown = chosen === "system" ? (dark.matches ? "dark" : "light") : chosen;
  document.documentElement.dataset["theme"] = shown;
  dispatchEvent(new Event("burqi-theme"));
}

function read(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
