// Written by tools/make-icons.ts from lucide-static (ISC). Do not edit by hand.
import { svg } from 'lit';
import { drawn } from './icons.ts';

export * from './icons.ts';
// What only elements that come later draw, which a page need not have before.
export const add = /* @__PURE__ */ drawn(() => svg`<path d="M5 12h14"/><path d="M12 5v14"/>`);
export const back = /* @__PURE__ */ drawn(() => svg`<path d="M9 14 4 9l5-5"/><path d="M4 9h10.5a5.5 5.5 0 0 1 5.5 5.5a5.5 5.5 0 0 1-5.5 5.5H11"/>`);
export const pin = /* @__PURE__ */ drawn(() => svg`<path d="M12 17v5"/><path d="M9 10.76a2 2 0 0 1-1.11 1.79l-1.78.9A2 2 0 0 0 5 15.24V16a1 1 0 0 0 1 1h12a1 1 0 0 0 1-1v-.76a2 2 0 0 0-1.11-1.79l-1.78-.9A2 2 0 0 1 15 10.76V7a1 1 0 0 1 1-1 2 2 0 0 0 0-4H8a2 2 0 0 0 0 4 1 1 0 0 1 1 1z"/>`);
export const cards = /* @__PURE__ */ drawn(() => svg`<rect width="7" height="7" x="3" y="3" rx="1"/><rect width="7" height="7" x="14" y="3" rx="1"/><rect width="7" height="7" x="14" y="14" rx="1"/><rect width="7" height="7" x="3" y="14" rx="1"/>`);
export const table = /* @__PURE__ */ drawn(() => svg`<rect width="18" height="18" x="3" y="3" rx="2"/><path d="M21 9H3"/><path d="M21 15H3"/>`);
export const clone = /* @__PURE__ */ drawn(() => svg`<line x1="15" x2="15" y1="12" y2="18"/><line x1="12" x2="18" y1="15" y2="15"/><rect width="14" height="14" x="8" y="8" rx="2" ry="2"/><path d="M4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2"/>`);
export const compare = /* @__PURE__ */ drawn(() => svg`<circle cx="18" cy="18" r="3"/><circle cx="6" cy="6" r="3"/><path d="M13 6h3a2 2 0 0 1 2 2v7"/><path d="M11 18H8a2 2 0 0 1-2-2V9"/>`);
export const previous = /* @__PURE__ */ drawn(() => svg`<path d="m12 19-7-7 7-7"/><path d="M19 12H5"/>`);
export const next = /* @__PURE__ */ drawn(() => svg`<path d="M5 12h14"/><path d="m12 5 7 7-7 7"/>`);
export const replace = /* @__PURE__ */ drawn(() => svg`<path d="M14 4a1 1 0 0 1 1-1"/><path d="M15 10a1 1 0 0 1-1-1"/><path d="M21 4a1 1 0 0 0-1-1"/><path d="M21 9a1 1 0 0 1-1 1"/><path d="m3 7 3 3 3-3"/><path d="M6 10V5a2 2 0 0 1 2-2h2"/><rect x="3" y="14" width="7" height="7" rx="1"/>`);
export const matchCase = /* @__PURE__ */ drawn(() => svg`<path d="m2 16 4.039-9.69a.5.5 0 0 1 .923 0L11 16"/><path d="M22 9v7"/><path d="M3.304 13h6.392"/><circle cx="18.5" cy="12.5" r="3.5"/>`);
export const wholeWord = /* @__PURE__ */ drawn(() => svg`<circle cx="7" cy="12" r="3"/><path d="M10 9v6"/><circle cx="17" cy="12" r="3"/><path d="M14 7v8"/><path d="M22 17v1c0 .5-.5 1-1 1H3c-.5 0-1-.5-1-1v-1"/>`);
export const regExp = /* @__PURE__ */ drawn(() => svg`<path d="M17 3v10"/><path d="m12.67 5.5 8.66 5"/><path d="m12.67 10.5 8.66-5"/><path d="M9 17a2 2 0 0 0-2-2H5a2 2 0 0 0-2 2v2a2 2 0 0 0 2 2h2a2 2 0 0 0 2-2v-2z"/>`);
