import { css } from 'lit';

/**
 * Every look comes from a `--fapi-*` property that the portal may set on any ancestor.
 * `--_u` is a pixel where text has its usual size, and more where the page's is larger: lines, what they stand in and icons are measured by it. Never less: a target stays one.
 * Inside, the `--_*` twin carries it with our default: setting `--fapi-*` here would hide what the page says.
 * Here, because what stands in the sheet goes to every page, in order:
 * What is around the element is asked by its own rules, the element by those of what is inside it.
 */
export const tokens = css`
  :host {
    --_grey-1: var(--fapi-grey-1, light-dark(oklch(99.2% 0.002 265), oklch(17.5% 0.012 268)));
    --_grey-2: var(--fapi-grey-2, light-dark(oklch(97.6% 0.004 265), oklch(20.2% 0.013 268)));
    --_grey-3: var(--fapi-grey-3, light-dark(oklch(95.4% 0.006 265), oklch(23.6% 0.014 268)));
    --_grey-4: var(--fapi-grey-4, light-dark(oklch(93% 0.008 265), oklch(27% 0.015 268)));
    --_grey-5: var(--fapi-grey-5, light-dark(oklch(90.4% 0.009 265), oklch(30.5% 0.016 268)));
    --_grey-6: var(--fapi-grey-6, light-dark(oklch(87% 0.011 265), oklch(35% 0.017 268)));
    --_grey-7: var(--fapi-grey-7, light-dark(oklch(81% 0.013 265), oklch(42% 0.018 268)));
    --_grey-8: var(--fapi-grey-8, light-dark(oklch(64% 0.017 265), oklch(54% 0.019 268)));
    --_grey-9: var(--fapi-grey-9, light-dark(oklch(55% 0.02 265), oklch(62% 0.019 268)));
    --_grey-10: var(--fapi-grey-10, light-dark(oklch(47% 0.021 265), oklch(73% 0.016 268)));
    --_grey-11: var(--fapi-grey-11, light-dark(oklch(36% 0.022 265), oklch(84% 0.011 268)));
    --_grey-12: var(--fapi-grey-12, light-dark(oklch(22% 0.02 265), oklch(95% 0.005 268)));

    --_surface: var(--fapi-surface, var(--_grey-1));
    --_surface-sunken: var(--fapi-surface-sunken, var(--_grey-2));
    --_surface-raised: var(--fapi-surface-raised, light-dark(oklch(100% 0 0), var(--_grey-3)));
    --_hover: var(--fapi-hover, var(--_grey-3));
    --_pressed: var(--fapi-pressed, var(--_grey-4));
    --_line: var(--fapi-line, var(--_grey-5));
    --_line-control: var(--fapi-line-control, var(--_grey-8));
    --_text: var(--fapi-text, var(--_grey-12));
    --_text-secondary: var(--fapi-text-secondary, var(--_grey-10));

    --_accent: var(--fapi-accent, light-dark(oklch(44% 0.19 281), oklch(77% 0.115 284)));
    --_accent-hover: var(--fapi-accent-hover, light-dark(oklch(38% 0.18 281), oklch(83% 0.09 284)));
    --_accent-text: var(--fapi-accent-text, light-dark(oklch(99% 0.005 281), oklch(20% 0.06 282)));
    --_accent-soft: var(--fapi-accent-soft, light-dark(oklch(95.5% 0.018 281), oklch(29% 0.055 282)));

    --_live: var(--fapi-live, light-dark(oklch(48% 0.125 152), oklch(78% 0.15 155)));
    --_working: var(--fapi-working, light-dark(oklch(51% 0.11 68), oklch(82% 0.13 80)));
    --_failed: var(--fapi-failed, light-dark(oklch(49% 0.185 26), oklch(76% 0.14 24)));
    --_asleep: var(--fapi-asleep, light-dark(oklch(48% 0.05 250), oklch(74% 0.05 250)));
    --_idle: var(--fapi-idle, var(--_grey-10));
    --_failed-soft: var(--fapi-failed-soft, light-dark(oklch(97.2% 0.013 26), oklch(25% 0.04 24)));
    --_working-soft: var(--fapi-working-soft, light-dark(oklch(97% 0.025 80), oklch(26.5% 0.035 75)));

    --_font: var(--fapi-font, inherit);
    --_font-mono: var(--fapi-font-mono, ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace);
    --_size-12: var(--fapi-size-12, 0.75rem);
    --_size-13: var(--fapi-size-13, 0.8125rem);
    --_size-14: var(--fapi-size-14, 0.875rem);
    --_size-16: var(--fapi-size-16, 1rem);
    --_size-20: var(--fapi-size-20, 1.25rem);

    --_u: max(1px, 1rem / 16);
    --_radius: var(--fapi-radius, 4px);
    --_radius-panel: var(--fapi-radius-panel, 8px);
    --_row: var(--fapi-row, max(28px, 1.75rem));
    --_control: var(--fapi-control, max(32px, 2rem));
    --_shadow: var(--fapi-shadow, 0 4px 16px light-dark(oklch(22% 0.02 265 / 0.14), oklch(0% 0 0 / 0.5)));
    --_fast: var(--fapi-fast, 120ms);
  }
  :host([density='compact']) {
    --_row: var(--fapi-row, max(24px, 1.5rem));
    --_control: var(--fapi-control, max(28px, 1.75rem));
  }
  @container style(--fapi-density: compact) {
    :host, :host > * { --_row: var(--fapi-row, max(24px, 1.5rem)); --_control: var(--fapi-control, max(28px, 1.75rem)); }
  }
  @container style(--fapi-density: comfortable) {
    :host > * { --_row: var(--fapi-row, max(28px, 1.75rem)); --_control: var(--fapi-control, max(32px, 2rem)); }
  }
  @media (prefers-reduced-motion: reduce) {
    :host { --_fast: 0ms; }
  }
`;
