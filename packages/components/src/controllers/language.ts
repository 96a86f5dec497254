import type { FapiClient } from '@fapi/sdk';
import type { AppSnapshot } from '@fapi/sdk/workspace';
import { nothing } from 'lit';
import type { ReactiveController, ReactiveElement } from 'lit';
import { afterFrame } from '../after-frame.ts';
import { openEarly } from '../editor/language/early-session.ts';
import type { EarlySession } from '../editor/language/early-session.ts';
import type { Language } from '../editor/language/language-servers.ts';
import type { referenceList, ReferenceListOptions } from '../parts/reference-list.ts';
import { savedOf } from '../editor/language/types.ts';
import type { FileEdit, FileMove, LanguageCommand, LanguageHost, LanguageState, Place, References } from '../editor/language/types.ts';
import { loadEditor } from '../editor/load-editor.ts';
import type { FapiCode, Intelligence } from '../elements/code/code.ts';
import { isLibraryPath } from '../library-path.ts';
import type { AppStoreController } from './app-store.ts';

/** The editor that suggestions are for. */
interface Surroundings {
  readonly app: AppStoreController;
  readonly code: () => FapiCode | null;
  readonly mayEdit: () => boolean;
  readonly show: (place: Place) => void;
}

/**
 * Holds a session with the language servers while its host is in the page and the draft may be edited.
 * The session is asked for with the draft; the chunk that speaks to them comes when the code has been drawn.
 */
export class LanguageController implements ReactiveController {
  readonly #host: ReactiveElement;
  readonly #around: Surroundings;
  readonly #texts = new Map<string, string>();
  #held: { readonly client: FapiClient; readonly appId: string; language?: Language } | undefined;
  #state: LanguageState | undefined;
  #isConnected = false;
  #references: References | undefined;
  /** Comes with those who answer. */
  #drawReferences: typeof referenceList | undefined;
  /** For fapi-code. */
  intelligence: Intelligence | undefined;

  constructor(host: ReactiveElement, around: Surroundings) {
    this.#host = host;
    this.#around = around;
    host.addController(this);
  }

  /** Undefined where nobody asks for suggestions, or nobody has answered yet. */
  get state(): LanguageState | undefined { return this.#state; }

  /** A source of a library that was opened. */
  libraryText(path: string): string | undefined { return this.#texts.get(path); }

  /** Something of the draft is another. */
  see(snapshot: AppSnapshot, before: AppSnapshot | undefined): void {
    if (snapshot.files !== before?.files) this.#held?.language?.follow();
  }

  /** Somebody works here: a session that was let go is opened again. */
  wake(): void { this.#held?.language?.wake(); }

  /** Does it at the cursor; false while there is nobody to ask. */
  run(command: LanguageCommand): boolean {
    return this.#around.code()?.act((view) => this.#held?.language?.run(command, view)) ?? false;
  }

  /** Where a name is used, once somebody has asked. */
  referenceList(options: Omit<ReferenceListOptions, 'references'>): unknown {
    return this.#references && this.#drawReferences ? this.#drawReferences({ references: this.#references, ...options }) : nothing;
  }

  /** What the server makes of the imports of a file or folder that is about to be moved; nothing while there is nobody to ask. */
  async editsOfMoves(moves: readonly FileMove[]): Promise<readonly FileEdit[]> {
    return (await this.#held?.language?.editsOfMoves(moves)) ?? [];
  }

  /** Shows none, and gives the focus back to the code. */
  closeReferences(): void {
    this.#references = undefined;
    this.#host.requestUpdate();
    this.#around.code()?.focus();
  }

  hostConnected(): void { this.#isConnected = true; }

  hostUpdated(): void {
    const { client, snapshot } = this.#around.app;
    const appId = snapshot?.load === 'ready' && this.#isConnected && this.#around.mayEdit() ? snapshot.appId : undefined;
    if (this.#held?.client === client && this.#held?.appId === appId) return;
    this.#stop();
    if (client && appId !== undefined) void this.#start(client, appId);
  }

  hostDisconnected(): void {
    this.#isConnected = false;
    queueMicrotask(() => { if (!this.#isConnected) this.#stop(); });
  }

  async #start(client: FapiClient, appId: string): Promise<void> {
    const own: { client: FapiClient; appId: string; language?: Language } = (this.#held = { client, appId });
    let early: EarlySession | undefined;
    try {
      // In a page that nobody sees yet nobody asks.
      if (document.hidden) await afterFrame();
      if (this.#held !== own) return;
      const host = this.#makeHost();
      let saved = savedOf(host);
      // Servers start while the code is drawn, which is another machine's work; what speaks to them is this one's, and waits.
      early = openEarly((handlers) => {
        saved = savedOf(host);
        return client.language.open(appId, handlers);
      });
      await loadEditor();
      await afterFrame();
      if (this.#held !== own) return;
      const { createLanguage, referenceList } = await import('../editor/language/language-servers.ts');
      if (this.#held !== own) return;
      this.#drawReferences = referenceList;
      own.language = createLanguage({ open: early.open, host, saved: () => saved, onState: (state) => { if (this.#held === own) this.#take(state); } });
    } catch {
      if (this.#held === own) this.#take({ status: 'off', reason: 'connection' });
    } finally {
      // Where nobody has come for it.
      early?.close();
    }
  }

  #take(state: LanguageState): void {
    this.#state = state;
    this.intelligence = { extensionFor: (path) => this.#held?.language?.extensionFor(path) ?? [] };
    this.#host.requestUpdate();
  }

  #stop(): void {
    if (!this.#held) return;
    const { language } = this.#held;
    [this.#held, this.#state, this.intelligence, this.#references] = [undefined, undefined, undefined, undefined];
    this.#texts.clear();
    language?.stop();
    this.#host.requestUpdate();
  }

  #makeHost(): LanguageHost {
    const { app, code, show } = this.#around;
    return {
      get strings() { return app.strings; },
      files: () => app.snapshot?.files ?? [],
      unsaved: () => unsavedOf(app.snapshot),
      edit: (edits: readonly FileEdit[]) => {
        code()?.edit(edits);
        for (const { path, after } of edits) app.store?.edit(path, after);
      },
      show,
      showLibrary: (place, text) => {
        this.#texts.set(place.path, text);
        show(place);
      },
      showReferences: (references) => {
        this.#references = references;
        this.#host.requestUpdate();
        void this.#host.updateComplete.then(() => this.#host.renderRoot.querySelector<HTMLElement>('button.reference')?.focus());
      },
    };
  }
}

/** While somebody else's save waits for an answer, nothing is known to be as the server has it. */
function unsavedOf(snapshot: AppSnapshot | undefined): ReadonlySet<string> {
  if (!snapshot) return new Set();
  return snapshot.save === 'conflict' ? new Set([...snapshot.dirtyPaths, ...snapshot.files.map(({ path }) => path)].filter((path) => !isLibraryPath(path))) : snapshot.dirtyPaths;
}
