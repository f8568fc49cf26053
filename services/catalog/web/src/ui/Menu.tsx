import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";

/** A button and the list it opens. Arrow keys move in it, Escape closes it, and the focus goes back to the button. */
export function Menu({ label, button, buttonClass = "button quiet square", children }: {
  label: string;
  button: ComponentChildren;
  buttonClass?: string;
  children: ComponentChildren;
}) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const id = useId();

  useEffect(() => {
    if (!isOpen) {
      return;
    }

    items()[0]?.focus();
    const outside = (event: Event): void => {
      if (!root.current?.contains(event.target as Node)) {
        setOpen(false);
      }
    };
    addEventListener("pointerdown", outside);
    return () => removeEventListener("pointerdown", outside);
  }, [isOpen]);

  function items(): HTMLElement[] {
    return [...(root.current?.querySelectorAll<HTMLElement>("[role=menuitem], [role=menuitemradio]") ?? [])];
  }

  function close(): void {
    setOpen(false);
    opener.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    switch (event.key) {
      case "Escape":
        close();
        break;
      case "ArrowDown":
        all[(at + 1) % all.length]?.focus();
        break;
      case "ArrowUp":
        all[(at - 1 + all.length) % all.length]?.focus();
        break;
      case "Home":
        all[0]?.focus();
        break;
      case "End":
        all.at(-1)?.focus();
        break;
      case "Tab":
        setOpen(false);
        return;
      default:
        return;
    }

    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div class="menu" ref={root}>
      <button
        type="button"
        ref={opener}
        class={buttonClass}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        aria-label={label}
        title={label}
        onClick={() => setOpen(!isOpen)}
      >
        {button}
      </button>
      {isOpen && (
        <div class="menu-items" id={id} role="menu" aria-label={label} onKeyDown={onKeyDown} onClick={(event) => (event.target as Element).closest("[role^=menuitem]") && close()}>
          {children}
        </div>
      )}
    </div>
  );
}
