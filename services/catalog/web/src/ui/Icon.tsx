// Drawn for this page on a grid of 24.
const paths = {
  calls: "M6.5 4h3l1.5 4-2 1.5a11 11 0 0 0 5.5 5.5l1.5-2 4 1.5v3a2 2 0 0 1-2.2 2A16.5 16.5 0 0 1 4.5 6.2 2 2 0 0 1 6.5 4Z",
  recordings: "M4 10v4M8 6.5v11M12 9v6M16 4v16M20 9.5v5",
  operations: "M3 12h4l3-8 4 16 3-8h4",
  dial: "M5.5 5.5h.01M12 5.5h.01M18.5 5.5h.01M5.5 12h.01M12 12h.01M18.5 12h.01M5.5 18.5h.01M12 18.5h.01M18.5 18.5h.01",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM20 20l-4-4",
  close: "M6 6l12 12M18 6 6 18",
  check: "M5 12.5l4.5 4.5L19 7.5",
  account: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20a7.5 7.5 0 0 1 15 0",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z",
  system: "M4 5h16v11H4zM9 20h6M12 16v4",
  leave: "M14 5H6v14h8M10 12h11M17.5 8.5 21 12l-3.5 3.5",
  alert: "M12 8.5v4.5M12 16.5h.01M12 3 2.5 20h19L12 3Z",
  retry: "M4 12a8 8 0 0 1 13.7-5.6L20 8.5M20 4v4.5h-4.5M20 12a8 8 0 0 1-13.7 5.6L4 15.5M4 20v-4.5h4.5",
  down: "M6 9.5l6 6 6-6",
  right: "M9.5 6l6 6-6 6",
  filter: "M4 6h16M7 12h10M10 18h4",
  inbound: "M17 7 7 17M7 9v8h8",
  outbound: "M7 17 17 7M9 7h8v8",
  play: "M8 5.2v13.6L19 12 8 5.2Z",
  pause: "M7 5.5h3v13H7zM14 5.5h3v13h-3z",
  back: "M11.5 7 6.5 12l5 5M17.5 7l-5 5 5 5",
  forward: "M12.5 7l5 5-5 5M6.5 7l5 5-5 5",
  sound: "M5 9.5v5h3l4.5 4v-13L8 9.5H5ZM16 9a4.2 4.2 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11",
  silent: "M5 9.5v5h3l4.5 4v-13L8 9.5H5ZM16.5 9.5l5 5M21.5 9.5l-5 5",
  download: "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14",
  share: "M12 15V4M8 7.5 12 3.5l4 4M6 11.5v8h12v-8",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1",
  trash: "M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13M10.5 11v5.5M13.5 11v5.5",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  hold: "M12 3.5 5 6.5v5c0 4.5 3 7.5 7 9 4-1.5 7-4.5 7-9v-5l-7-3Z",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  previous: "M14.5 6 8.5 12l6 6",
  solo: "M12 14.5a3 3 0 0 0 3-3v-4a3 3 0 0 0-6 0v4a3 3 0 0 0 3 3ZM6.5 11.5a5.5 5.5 0 0 0 11 0M12 17v3.5",
  stop: "M7 7h10v10H7z",
  clock: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM12 7.5V12l3 2",
  package: "M12 3 4.5 7v10l7.5 4 7.5-4V7L12 3ZM4.5 7l7.5 4 7.5-4M12 11v10",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true"><path d={paths[name]} /></svg>;
}
