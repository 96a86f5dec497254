import 'axe-core/axe.min.js';
import type * as Axe from 'axe-core';
// All at once: a test does not wait until the browser has nothing better to do.
import '../src/define/all.ts';
import '../src/define/apps.ts';
import '../src/define/deploy-status.ts';
import '../src/define/german.ts';
import '../src/define/history.ts';
import '../src/define/logs.ts';
import '../src/define/metrics.ts';
import '../src/define/palette.ts';
import '../src/define/preview.ts';
import '../src/define/settings.ts';
import '../src/define/try.ts';
import type { FapiApps, FapiBuilder, FapiCode, FapiDeployStatus, FapiEditor, FapiHistory, FapiLogs, FapiMetrics, FapiPreview, FapiProvider, FapiSettings, FapiTry } from '../src/index.ts';
import './clean-browser.ts';
import { appId, type Responder } from '../scenes/server/responder.ts';

declare const axe: typeof Axe;
export type Shown = FapiBuilder | FapiEditor | FapiDeployStatus | FapiMetrics | FapiLogs | FapiHistory | FapiSettings | FapiTry | FapiPreview;
export const tags = ['fapi-editor', 'fapi-deploy-status', 'fapi-metrics', 'fapi-logs', 'fapi-history', 'fapi-settings', 'fapi-try', 'fapi-preview'] as const;

/** Puts an element inside a provider with a client of its own. */
export function show<T extends Shown>(tag: string, responder: Responder): T {
  const provider = document.createElement('fapi-provider') as FapiProvider;
  provider.client = responder.client;
  const element = document.createElement(tag) as T;
  element.appId = appId;
  provider.append(element);
  document.body.append(provider);
  return element;
}

/** As `show`, for the list, which is of no app. */
export function showApps(responder: Responder, change: Partial<FapiApps> = {}): FapiApps {
  const provider = document.createElement('fapi-provider') as FapiProvider;
  provider.client = responder.client;
  const apps = Object.assign(document.createElement('fapi-apps'), { storageKey: '' }, change);
  provider.append(apps);
  document.body.append(provider);
  return apps;
}

/** What the element says, without the elements inside it. */
export const text = (element: Element): string => element.shadowRoot?.textContent?.replace(/\s+/g, ' ') ?? '';

/** Elements by selector inside the element's own shadow root. */
export const find = <T extends HTMLElement = HTMLElement>(element: Element, selector: string): T | null => element.shadowRoot?.querySelector<T>(selector) ?? null;

export function expect(actual: unknown, wanted: unknown): void {
  if (JSON.stringify(actual) !== JSON.stringify(wanted)) throw new Error(`expected ${JSON.stringify(wanted)}, got ${JSON.stringify(actual)}`);
}

/** `only`: these rules. */
export async function hasNoViolations(element: Element, only?: readonly string[]): Promise<void> {
  // A colour that is on its way to another is none that anybody chose.
  finishTransitions(document);
  // What an app shows in a frame is the app's own.
  const { violations } = await axe.run(element, { rules: { region: { enabled: false } }, resultTypes: ['violations'], preload: false, iframes: false, ...(only ? { runOnly: [...only] } : {}) });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.length} times: ${nodes.slice(0, 3).map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' ')}`), []);
}

function finishTransitions(root: Document | ShadowRoot): void {
  for (const animation of root.getAnimations()) if (animation instanceof CSSTransition) animation.finish();
  for (const { shadowRoot } of root.querySelectorAll('*')) if (shadowRoot) finishTransitions(shadowRoot);
}

export const codeOf = (editor: Element): FapiCode | null => find<FapiCode>(editor, 'fapi-code');
/** The text of a CodeMirror that answers keys. */
export const handled = '.cm-content[aria-autocomplete]';
export const contentOf = (editor: Element): HTMLElement | null => codeOf(editor)?.shadowRoot?.querySelector<HTMLElement>(handled) ?? null;

/** Types where the cursor is, as a keyboard does. */
export function typeInto(editor: Element, typed: string): void {
  contentOf(editor)!.focus();
  document.execCommand('insertText', false, typed);
}

/** Collects the details of an event from now on. */
export function hear<T = unknown>(target: EventTarget, type: string): T[] {
  const heard: T[] = [];
  target.addEventListener(type, (event) => heard.push((event as CustomEvent<T>).detail));
  return heard;
}
