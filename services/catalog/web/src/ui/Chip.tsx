import type { Label } from "./labels";

export function Chip({ label, title }: { label: Label; title?: string | undefined }) {
  return <span class={`chip ${label.tone}`} title={title}>{label.text}</span>;
}
