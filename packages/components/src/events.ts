import type { AuthState } from '@fapi/sdk';
import type { App, AppFile, Deployment, DeploymentStage, Fix } from '@fapi/sdk/contract';

/** From when until when, as ISO 8601, by the server's clock. */
export interface Period { readonly from: string; readonly to: string }

/** What each event of the elements carries. All bubble and cross shadow roots. */
export interface FapiEventDetails {
  /** Of every element that shows an app or the list of them; `source` is its tag, of whichever element inside another. */
  'fapi-ready': { source: string; appId: string | undefined };
  'fapi-error': { source: string; error: unknown };
  'fapi-auth-change': { state: AuthState };
  'fapi-auth-error': { error: unknown };
  'fapi-input': { path: string; value: string };
  'fapi-cursor': { path: string; line: number; column: number };
  'fapi-fix': { fix: Fix };
  'fapi-dirty-change': { appId: string; isDirty: boolean };
  'fapi-save': { appId: string; draftVersion: number };
  'fapi-conflict': { appId: string };
  /** Cancelable: `preventDefault()` keeps the deploy from starting. */
  'fapi-deploy-request': { appId: string };
  'fapi-deploy-start': { appId: string; deployment: Deployment };
  /** Each stage of a deploy that is seen, once and in order. */
  'fapi-deploy-stage': { appId: string; deployment: Deployment; stage: DeploymentStage['name'] };
  /** Once, whichever of the elements that show the app tells it: it is live, or has ended. */
  'fapi-deploy-end': { appId: string; deployment: Deployment };
  /** Cancelable: `preventDefault()` keeps the revert from starting. */
  'fapi-revert-request': { appId: string; revision: string };
  'fapi-draft-take': { appId: string; revision: string };
  'fapi-environment-save': { appId: string; version: number };
  /** The list was read, or is another one. */
  'fapi-apps-change': { apps: readonly App[] };
  /** An app was chosen, or made and so chosen. */
  'fapi-app-select': { appId: string; app: App };
  /** Cancelable, each of them: `preventDefault()` keeps it from happening. */
  'fapi-app-create-request': { title: string; files: readonly AppFile[] | undefined };
  'fapi-app-clone-request': { appId: string; from: string };
  'fapi-app-delete-request': { appId: string };
  'fapi-app-create': { appId: string; app: App };
  'fapi-app-clone': { appId: string; app: App };
  'fapi-app-delete': { appId: string };
  'fapi-layout-change': { filesWidth: number; sideWidth: number; areFilesShown: boolean; isSideShown: boolean; areProblemsOpen: boolean; areRoutesOpen: boolean };
  /** An app has answered what `fapi-try` sent; without the path, which may hold a key. */
  'fapi-try-response': { appId: string; method: string; status: number; durationMs: number; bytes: number };
  /** The page in the preview is another one; without its query, which may hold a key. */
  'fapi-preview-navigate': { appId: string; path: string };
  'fapi-open-deployment': { appId: string };
  'fapi-panel-change': { panel: string };
  /** The list of lines follows what is printed, or stays where it is. */
  'fapi-follow-change': { appId: string; isFollowing: boolean };
  /** What the app says of an error is asked for: `fapi-logs` of the same app shows its errors, and the first one of a period where one is given. */
  'fapi-open-logs': { appId: string; during?: Period };
  /** A variable that is missing is to be added: `fapi-settings` of the same app asks for its value. */
  'fapi-open-variable': { appId: string; name: string };
  /** A main.py is missing and is to be chosen: `fapi-editor` of the same app asks which file it is to be. */
  'fapi-open-entry': { appId: string };
  'fapi-open-location': { appId: string; file: string; line: number; column: number };
}

export type FapiEvent<K extends keyof FapiEventDetails> = CustomEvent<FapiEventDetails[K]>;

/** Dispatches an event of ours; false when a listener cancelled it. */
export function emit<K extends keyof FapiEventDetails>(target: EventTarget, type: K, detail: FapiEventDetails[K], { cancelable = false } = {}): boolean {
  return target.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable }));
}

/** Something could not be read or done: called when that begins, and not for as long as it lasts. */
export function tellError(host: HTMLElement, error: unknown): void {
  emit(host, 'fapi-error', { source: host.localName, error });
}

declare global {
  interface HTMLElementEventMap extends FapiEventMap {}
  interface DocumentEventMap extends FapiEventMap {}
}

type FapiEventMap = { [K in keyof FapiEventDetails]: FapiEvent<K> };
