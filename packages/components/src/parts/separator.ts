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
  readonly onWidth: (width: number) => void;
}

/** A line between two panels that moves by pointer and by arrow keys. */
export function separator(options: SeparatorOptions): TemplateResult {
  const { label, host, property, width, least, most, side, onWidth } = options;
  const set = (next: number): void => {
    const bounded = Math.round(Math.min(most, Math.max(least, next)));
    host.style.setProperty(property, `${bounded}px`);
    onWidth(bounded);
  };
  const direction = (): number => (getComputedStyle(host).direction === 'rtl' ? -1 : 1) * (side === 'before' ? 1 : -1);
  const onKey = (event: KeyboardEvent): void => {
    const step = ({ ArrowLeft: -16, ArrowRight: 16 })[event.key];
    if (step === undefined) return;
    event.preventDefault();
    set(width + step * direction());
  };
  const onPointer = (event: PointerEvent): void => {
    const line = event.currentTarget as HTMLElement;
    const [from, start] = [width, event.clientX];
    line.setPointerCapture(event.pointerId);
    const onMove = (move: PointerEvent): void => set(from + (move.clientX - start) * direction());
    const onEnd = (): void => line.removeEventListener('pointermove', onMove);
    line.addEventListener('pointermove', onMove);
    line.addEventListener('lostpointercapture', onEnd, { once: true });
  };
  return html`<div class="separator" role="separator" tabindex="0" aria-orientation="vertical" aria-label=${label} aria-valuenow=${width} aria-valuemin=${least} aria-valuemax=${most} @keydown=${onKey} @pointerdown=${onPointer}></div>`;
}
