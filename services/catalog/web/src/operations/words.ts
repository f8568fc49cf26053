// Numbers as people read them.

const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

export function size(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 2 ** (10 * power);
  return `${value >= 100 || power === 0 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

export function count(value: number): string {
  return value.toLocaleString("en");
}

export function percent(part: number, whole: number): number {
  return whole > 0 ? Math.min(100, Math.max(0, (100 * part) / whole)) : 0;
}

/** How long something has gone on. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) {
    return `${whole} s`;
  }

  if (whole < 3600) {
    return `${Math.floor(whole / 60)} min`;
  }

  return whole < 172_800 ? `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min` : `${Math.floor(whole / 86_400)} days`;
}

export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  return `${hours > 0 ? `${hours}:` : ""}${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
}

export function money(value: number, unit: string): string {
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency: unit, maximumFractionDigits: value !== 0 && Math.abs(value) < 1 ? 4 : 2 }).format(value);
  } catch {
    return `${value.toFixed(2)} ${unit}`;
  }
}

export function time(text: string | null): string {
  return text === null ? "unknown" : new Date(text).toLocaleString([], { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}

export function month(text: string, form: "short" | "long" = "short"): string {
  return new Date(`${text}-15T00:00:00Z`).toLocaleString([], form === "short" ? { month: "short", timeZone: "UTC" } : { month: "long", year: "numeric", timeZone: "UTC" });
}

export function parties(call: { from_address: string | null; to_address: string | null; call_id: string }): string {
  return call.from_address || call.to_address ? `${call.from_address ?? "unknown"} → ${call.to_address ?? "unknown"}` : call.call_id;
}
