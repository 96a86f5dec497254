import { html } from 'lit';
import type { TemplateResult } from 'lit';

export interface SeparatorOptions {
  readonly label: string;
  /** The custom property that holds the width, set on `host`. */
  readonly property: string;
  readonly host: HTMLElement;
  readonly width: number;
  readonly least: number;
  readonly most: number;
  /** Which side of the line the measured panel is on. */
  readonly side: 'before' | 'after';
  /** Is the panel there at all? */
  readonly isShown: boolean;
  readonly onWidth: (width: number) => void;
  readonly onShown: (isShown: boolean) => void;
}

/** A line between two panels that moves by pointer and by arrow keys; Enter or a double click puts the panel away and brings it back. */
export function separator(options: SeparatorOptions): TemplateResult {
  const { label, host, property, width, least, most, side, isShown, onWidth, onShown } = options;
  const set = (next: number): void => {
    const bounded = Math.round(Math.min(most, Math.max(least, next)));
    host.style.setProperty(property, `${bounded}px`);
    onWidth(bounded);
  };
  const direction = (): number => (getComputedStyle(host).direction === 'rtl' ? -1 : 1) * (side === 'before' ? 1 : -1);
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
    if (event.key === 'Enter') onShown(!isShown);
    else if (step !== undefined && isShown) set(width + step * direction());
    else if (step !== undefined && step * direction() > 0) onShown(true);
    else if (event.key === 'Home') set(least);
    else if (event.key === 'End') set(most);
    else if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onPointer = (event: PointerEvent): void => {
    const line = event.currentTarget as HTMLElement;
    const [from, start] = [isShown ? width : 0, event.clientX];
    line.setPointerCapture(event.pointerId);
    const onMove = (move: PointerEvent): void => {
      const next = from + (move.clientX - start) * direction();
      // Drawn far below its least width, it is meant to be gone.
      onShown(next > least / 2);
      if (next > least / 2) set(next);
    };
    const onEnd = (): void => line.removeEventListener('pointermove', onMove);
    line.addEventListener('pointermove', onMove);
    line.addEventListener('lostpointercapture', onEnd, { once: true });
  };
  return html`<div class="separator" role="separator" tabindex="0" aria-orientation="vertical" aria-label=${label} aria-valuenow=${isShown ? width : 0} aria-valuemin="0" aria-valuemax=${most} @keydown=${onKey} @pointerdown=${onPointer} @dblclick=${() => onShown(!isShown)}></div>`;
}
