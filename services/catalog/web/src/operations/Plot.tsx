import { useEffect, useId, useRef, useState } from "preact/hooks";
import { month as monthName } from "./words";

export interface Series {
  name: string;
  /** Of the classes in operations.css. */
  paint: string;
  values: number[];
}

const height = 200;
const edge = { top: 10, right: 2, bottom: 24, left: 62 };

/** Months as bars, one series on the other. What it shows stands in a table below it for those who cannot see it, or want the numbers. */
export function Plot({ title, months, series, format }: { title: string; months: string[]; series: Series[]; format: (value: number) => string }) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(560);
  const id = useId();

  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.max(260, Math.round(entry.contentRect.width))));
    observer.observe(frame.current!);
    return () => observer.disconnect();
  }, []);

  const totals = months.map((_, index) => series.reduce((sum, one) => sum + (one.values[index] ?? 0), 0));
  const ticks = scale(Math.max(...totals, 0));
  const top = ticks.at(-1)!;
  const inner = { width: width - edge.left - edge.right, height: height - edge.top - edge.bottom };
  const step = inner.width / months.length;
  const bar = Math.min(38, step * 0.62);
  const y = (value: number): number => edge.top + inner.height * (1 - value / top);
  const isNarrow = step < 30;

  return (
    <figure class="plot">
      <figcaption>
        <h3 id={id}>{title}</h3>
        <ul class="legend">
          {series.map((one) => <li key={one.name}><span class={`swatch ${one.paint}`} />{one.name}</li>)}
        </ul>
      </figcaption>
      <div ref={frame} class="plot-frame">
        <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby={id} aria-describedby={`${id}-sum`}>
          <desc id={`${id}-sum`}>{`${months.length} months. The latest, ${monthName(months.at(-1)!, "long")}, so far ${format(totals.at(-1) ?? 0)}; the greatest ${format(Math.max(...totals, 0))}.`}</desc>
          {ticks.map((tick) => (
            <g key={tick}>
              <line class={tick === 0 ? "base-line" : "grid-line"} x1={edge.left} x2={width - edge.right} y1={y(tick)} y2={y(tick)} />
              <text class="plot-label" x={edge.left - 8} y={y(tick)} dy="0.32em" text-anchor="end">{format(tick).replace(/\.00$/, "")}</text>
            </g>
          ))}
          {months.map((month, index) => {
            const left = edge.left + step * index + (step - bar) / 2;
            let below = 0;
            return (
              <g key={month} class={index === months.length - 1 ? "bar latest" : "bar"}>
                <title>{`${monthName(month, "long")}: ${series.map((one) => `${one.name.toLowerCase()} ${format(one.values[index] ?? 0)}`).join(", ")}`}</title>
                <rect class="touch" x={edge.left + step * index} y={edge.top} width={step} height={inner.height} />
                {series.map((one) => {
                  const value = one.values[index] ?? 0;
                  const rect = value > 0 && <rect key={one.name} class={one.paint} x={left} width={bar} y={y(below + value)} height={Math.max(1, y(below) - y(below + value))} rx={2} />;
                  below += value;
                  return rect;
                })}
                {(!isNarrow || index % 2 === (months.length - 1) % 2) && <text class="plot-label" x={left + bar / 2} y={height - 6} text-anchor="middle">{monthName(month)}</text>}
              </g>
            );
          })}
        </svg>
      </div>
    </figure>
  );
}

/** About four lines at round numbers, from zero to at least the greatest value. */
function scale(greatest: number): number[] {
  if (greatest <= 0) {
    return [0, 1];
  }

  const power = 10 ** Math.floor(Math.log10(greatest / 4));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate * 4 >= greatest * 0.999)!;
  const lines = Math.ceil((greatest * 0.999) / step);
  return Array.from({ length: lines + 1 }, (_, index) => Number((index * step).toPrecision(6)));
}
