import { useEffect, useRef } from "preact/hooks";
import WaveSurfer from "wavesurfer.js";
import type { Player } from "./player";

const nonce = document.querySelector<HTMLMetaElement>("meta[name=csp-nonce]")?.content ?? "";

/** One channel's outline. It only draws: what is clicked, and what is heard, is the player's. */
export function Waveform({ peaks, loudest, duration, offset, height, voice, isHeard, player }: {
  peaks: number[];
  loudest: number;
  duration: number;
  offset: number;
  height: number;
  voice: string;
  isHeard: boolean;
  player: Player;
}) {
  const root = useRef<HTMLDivElement>(null);
  const drawn = useRef<WaveSurfer>(undefined);

  useEffect(() => {
    const container = root.current!;
    const wave = WaveSurfer.create({
      container,
      height,
      peaks: [Float32Array.from(peaks, (peak) => peak / 255)],
      duration: Math.max(duration, 0.01),
      normalize: true,
      maxPeak: Math.max(loudest / 255, 0.02),
      barWidth: 2,
      barGap: 1,
      barRadius: 2,
      barMinHeight: 1,
      cursorWidth: 0,
      interact: false,
      hideScrollbar: true,
      cspNonce: nonce,
      ...colours(container, voice, isHeard),
    });
    drawn.current = wave;
    return () => wave.destroy();
  }, [peaks, loudest, duration, offset, height, voice, player]);

  useEffect(() => {
    const recolour = (): void => drawn.current!.setOptions(colours(root.current!, voice, isHeard));
    recolour();
    addEventListener("burqi-theme", recolour);
    return () => removeEventListener("burqi-theme", recolour);
  }, [peaks, loudest, duration, offset, height, voice, player, isHeard]);

  useEffect(() => {
    if (!isHeard) {
      // Played and unplayed look alike: nothing moves.
      return undefined;
    }

    const wave = drawn.current!;
    let shown = -1;
    const follow = player.onPosition((position) => {
      const at = Math.min(Math.max(position - offset, 0), duration);
      if (at !== shown) {
        shown = at;
        wave.setTime(at);
      }
    });
    const ready = wave.on("ready", () => wave.setTime(shown));
    return () => {
      follow();
      ready();
    };
  }, [peaks, loudest, duration, offset, height, voice, player, isHeard]);

  return <div class="wave" ref={root} aria-hidden="true" />;
}

function colours(element: HTMLElement, voice: string, isHeard: boolean): { waveColor: string; progressColor: string } {
  const style = getComputedStyle(element);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  return isHeard
    ? { waveColor: of(`--voice-${voice}-rest`), progressColor: of(`--voice-${voice}`) }
    : { waveColor: of("--line-strong"), progressColor: of("--line-strong") };
}
