import type { FapiClient } from '@fapi/sdk';
import type { ReactiveController, ReactiveElement } from 'lit';
import { RememberedController } from '../../controllers/remembered.ts';
import type { FapiEditor } from '../editor/editor.ts';
import { arrangementOf, filesWidths, firstLayout, sideWidths } from '../editor/layout.ts';
import type { Arrangement } from '../editor/layout.ts';

/** Of so many apps, the newest first, and of so many files. */
const appsMax = 20;
const pathsMax = 30;

interface Remembered { readonly panel: string | undefined; readonly arrangement: Partial<Arrangement>; readonly files: Readonly<Record<string, unknown>> }

/** How it is for who has changed nothing. */
const firstArrangement: Arrangement = arrangementOf(firstLayout);

/** What was kept, as far as it is what we keep: others may write there, and so may an older version. */
function toRemembered(kept: unknown): Remembered {
  const known = kept as { panel?: unknown; arrangement?: Record<string, unknown>; files?: Record<string, unknown> } | null | undefined;
  const arrangement = Object.fromEntries(Object.entries(known?.arrangement ?? {}).flatMap(([name, value]) => {
    if (typeof value !== typeof firstLayout[name as keyof Arrangement]) return [];
    const widths = { filesWidth: filesWidths, sideWidth: sideWidths }[name];
    return [[name, widths ? Math.min(widths.most, Math.max(widths.least, Number(value))) : value]];
  }));
  return { panel: typeof known?.panel === 'string' ? known.panel : undefined, arrangement, files: { ...known?.files } };
}

/** With what is open in one app now. */
const withFiles = (files: Remembered['files'], appId: string, open: readonly string[]): Remembered['files'] => Object.fromEntries([[appId, open.slice(-pathsMax)], ...Object.entries(files).filter(([id]) => id !== appId).slice(0, appsMax - 1)]);

interface Host extends ReactiveElement {
  readonly appId: string | undefined;
  readonly storageKey: string;
  readonly editor: FapiEditor | null;
  chosen: string | undefined;
}

/** What a person has arranged and opened in a builder, over visits: taken up when it is drawn, kept when it changes. */
export class RememberedArrangement implements ReactiveController {
  readonly #host: Host;
  readonly #kept: RememberedController;
  #key: string | undefined;
  #isArranged = false;
  /** The app whose files were shown last. */
  #openIn: string | undefined;

  constructor(host: Host, client: () => FapiClient | undefined) {
    this.#host = host;
    this.#kept = new RememberedController(host, { key: () => host.storageKey, client, onOther: () => this.#onOther() });
    host.addController(this);
    host.addEventListener('fapi-layout-change', () => {
      this.keep();
      host.requestUpdate();
    });
  }

  /** The panel that was shown last. */
  get panel(): string | undefined { return toRemembered(this.#kept.value).panel; }

  /** The files that were open in an app, as `recall` of an editor takes them. */
  readonly recall = (appId: string): unknown => toRemembered(this.#kept.value).files[appId];

  /** What an app shows by itself, and what was recalled, is not remembered. */
  readonly onFilesOpen = (): void => {
    const { appId } = this.#host;
    const isFirst = this.#openIn !== appId;
    this.#openIn = appId;
    if (!isFirst) this.keep();
  };

  hostUpdated(): void {
    const { editor, storageKey } = this.#host;
    if (storageKey !== this.#key) this.#isArranged = false;
    this.#key = storageKey;
    if (this.#isArranged || !editor) return;
    editor.arrange(toRemembered(this.#kept.value).arrangement);
    // What was recalled is not remembered anew.
    this.#isArranged = true;
  }

  /** As it is now. */
  keep(): void {
    const { appId, editor, chosen } = this.#host;
    if (!editor || !appId || !this.#isArranged) return;
    const { files } = toRemembered(this.#kept.value);
    // Before the files of an app are shown, those of another are open.
    this.#kept.remember({ panel: chosen, arrangement: editor.arrangement, files: this.#openIn === appId ? withFiles(files, appId, editor.filesOpen) : files });
  }

  /** The last one who was here was somebody else. */
  #onOther(): void {
    const { editor } = this.#host;
    if (!editor) return;
    this.#isArranged = false;
    this.#host.chosen = undefined;
    editor.arrange({ ...firstArrangement, ...toRemembered(this.#kept.value).arrangement });
    editor.openRecalled();
    this.#isArranged = true;
  }
}
