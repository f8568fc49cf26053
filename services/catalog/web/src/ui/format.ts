// How times, lengths, sizes and numbers are written. Times are shown where the reader is; what is sent is UTC.

export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const timeWithSeconds = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const dayOfAnotherYear = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const full = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
const short = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" });

export const clock = (at: string): string => time.format(new Date(at));
export const clockWithSeconds = (at: string | Date): string => timeWithSeconds.format(new Date(at));
export const dateAndTime = (at: string): string => full.format(new Date(at));
export const moment = (at: string): string => short.format(new Date(at));

/** Which day it was, as one says it. */
export function dayOf(at: string, now = new Date()): string {
  const date = new Date(at);
  const days = Math.round((startOfDay(now).getTime() - startOfDay(date).getTime()) / 86_400_000);
  switch (true) {
    case days === 0:
      return "Today";
    case days === 1:
      return "Yesterday";
    default:
      return (date.getFullYear() === now.getFullYear() ? day : dayOfAnotherYear).format(date);
  }
}

export function startOfDay(date: Date): Date {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate());
}

/** 4:05, or 1:02:33. */
export function length(ms: number): string {
  const all = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const end = String(seconds).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${end}` : `${minutes}:${end}`;
}

/** 4 minutes 5 seconds: what a screen reader says. */
export function lengthInWords(ms: number): string {
  const all = Math.max(0, Math.floor(ms / 1000));
  const parts = [[Math.floor(all / 3600), "hour"], [Math.floor(all / 60) % 60, "minute"], [all % 60, "second"]] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}${count === 1 ? "" : "s"}`);
  return said.join(" ") || "0 seconds";
}

export function size(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const step = bytes > 0 ? Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3)) : 0;
  const value = bytes / 1000 ** step;
  return `${step === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[step]}`;
}

const twoDigitCodes = /^(2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;

/** How a number of so many digits is read easily. */
const shapes: Record<number, number[]> = { 5: [2, 3], 6: [3, 3], 7: [3, 4], 8: [4, 4], 9: [3, 3, 3], 10: [3, 3, 4], 11: [3, 4, 4], 12: [4, 4, 4], 13: [4, 4, 5] };

/** A telephone number in groups; anything else (a SIP address, a name) as it is. */
export function party(address: string | null): string {
  if (!address) {
    return "Unknown";
  }

  const digits = /^\+(\d{6,15})$/.exec(address)?.[1];
  if (!digits) {
    return address;
  }

  const codeLength = /^[17]/.test(digits) ? 1 : twoDigitCodes.test(digits) ? 2 : 3;
  let rest = digits.slice(codeLength);
  const groups = (shapes[rest.length] ?? [rest.length]).map((count) => {
    const group = rest.slice(0, count);
    rest = rest.slice(count);
    return group;
  });
  return `+${digits.slice(0, codeLength)} ${groups.join(" ")}`;
}
