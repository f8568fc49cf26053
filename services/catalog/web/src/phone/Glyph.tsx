// Drawn for this page on a grid of 24, as ui/Icon.tsx.
const paths = {
  call: "M6.5 4h3l1.5 4-2 1.5a11 11 0 0 0 5.5 5.5l1.5-2 4 1.5v3a2 2 0 0 1-2.2 2A16.5 16.5 0 0 1 4.5 6.2 2 2 0 0 1 6.5 4Z",
  end: "M3 14.5c0-1.6 4-4 9-4s9 2.400 9 4V17l-4.500-1v-2.500a14 14 0 0 0-9 0V16L3 17v-2.500Z",
  mute: "M9 5a3 3 0 0 1 6 0v5a3 3 0 0 1-.4 1.500M9 9.500V11a3 3 0 0 0 4.500 2.600M6 11a6 6 0 0 0 9.500 4.900M18 11a6 6 0 0 1-.5 2.400M12 17v4M4 4l16 16",
  speak: "M12 14a3 3 0 0 0 3-3V5a3 3 0 0 0-6 0v6a3 3 0 0 0 3 3ZM6 11a6 6 0 0 0 12 0M12 17v4",
  back: "M20 6H9l-6 6 6 6h11zM12 9.500l5 5M17 9.500l-5 5",
} as const;

export function Glyph({ name }: { name: keyof typeof paths }) {
  return <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d={paths[name]} /></svg>;
}
