import type { App, Finding, Fix } from '@fapi/sdk/contract';
import type { AppSnapshot, AppStore } from '@fapi/sdk/workspace';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { FapiEvent } from '../../events.ts';
import type { Mend } from '../../parts/finding-list.ts';
import { notice } from '../../parts/notice.ts';
import { peopleByFile } from '../../parts/people.ts';
import { deployedSince, savedSince } from '../../parts/since.ts';
import type { SinceOptions } from '../../parts/since.ts';
import { separator } from '../../parts/separator.ts';
import type { LanguageController } from '../../controllers/language.ts';
import * as icons from '../../icons.ts';
import { isLibraryPath, libraryName } from '../../library-path.ts';
import type { Strings } from '../../strings.ts';
import type { FileTreeAct } from '../file-tree/file-tree.ts';
import type { FindReplace } from '../find/find.ts';
import type { FindOpen } from '../find/results.ts';
import { binaryNote } from './binary-note.ts';
import type { FileActs } from './file-acts.ts';
import { draftSize } from './draft-size.ts';
import { filesWidths, sideWidths } from './layout.ts';
import type { Layout } from './layout.ts';
import type { OpenFiles } from './open-files.ts';
import { problems } from './problems.ts';
import type { RouteHandlers } from './route-handlers.ts';
import { routeOutline } from './route-outline.ts';
import { tabs } from './tabs.ts';

export interface BodyOptions {
  readonly snapshot: AppSnapshot;
  readonly store: AppStore | undefined;
  readonly layout: Layout;
  readonly open: OpenFiles;
  readonly acts: FileActs;
  readonly handlers: RouteHandlers;
  readonly language: LanguageController;
  readonly isReadOnly: boolean;
  /** The code has not been drawn yet: what it need not wait for is left out. */
  readonly isFirst: boolean;
  /** Something else is in its place; it keeps what is in it. */
  readonly isHidden: boolean;
  readonly strings: Strings;
  readonly locale: string;
  /** Holds the widths. */
  readonly host: HTMLElement;
  readonly onLayout: (change: Partial<Layout>) => void;
  readonly onOpen: (path: string, line?: number, column?: number) => void;
  readonly onClose: (path: string) => void;
  readonly onFileAct: (act: FileTreeAct) => void;
  /** Asks for the path of a new file. */
  readonly onAddFile: () => void;
  readonly onFix: (fix: Fix) => void;
  readonly mendsOf: (finding: Finding) => readonly Mend[];
  readonly onTest: () => void;
  readonly onFindClose: () => void;
  readonly onConvert: () => void;
  /** Bytes of the draft; undefined while they are far from the limit. */
  readonly draftBytes: number | undefined;
  /** In epoch milliseconds. */
  readonly now: number;
}

/** The panes beside each other: files with the routes under them, the code with its problems, and whatever the page has put at the side. */
export function body(options: BodyOptions): TemplateResult {
  const { layout, isHidden, strings, host, onLayout } = options;
  return html`
    <div class="body" ?hidden=${isHidden} data-pane=${layout.pane} ?data-side=${layout.hasSide} ?data-find=${layout.isFindOpen} ?data-no-files=${!layout.areFilesShown} ?data-no-side=${!layout.isSideShown}>
      <div class="pane files">
        ${files(options)}
        ${separator({ label: strings.resizeFiles, host, property: '--_files', width: layout.filesWidth, ...filesWidths, side: 'before', isShown: layout.areFilesShown, onWidth: (filesWidth) => onLayout({ filesWidth }), onShown: (areFilesShown) => onLayout({ areFilesShown }) })}
      </div>
      <div class="pane code">
        ${code(options)}
        ${layout.hasSide ? separator({ label: strings.resizePanel, host, property: '--_side', width: layout.sideWidth, ...sideWidths, side: 'after', isShown: layout.isSideShown, onWidth: (sideWidth) => onLayout({ sideWidth }), onShown: (isSideShown) => onLayout({ isSideShown }) }) : nothing}
      </div>
      <div class="pane side" ?hidden=${!layout.hasSide}><slot name="side" @slotchange=${(event: Event) => onLayout({ hasSide: (event.target as HTMLSlotElement).assignedElements().length > 0 })}></slot></div>
    </div>`;
}

function files({ snapshot, draftBytes, now, store, layout, open, acts, handlers, isReadOnly, isFirst, strings, locale, onLayout, onOpen, onFileAct, onFindClose, onConvert }: BodyOptions): TemplateResult {
  const marks = new Set(snapshot.findings.filter(({ severity }) => severity === 'error').map((finding) => finding.file));
  return html`
    ${layout.isFindOpen ? html`<fapi-find .files=${snapshot.files} ?readonly=${isReadOnly} @find-open=${({ detail }: CustomEvent<FindOpen>) => onOpen(detail.path, detail.line, detail.column)} @find-replace=${({ detail }: CustomEvent<FindReplace>) => store?.edit(detail.path, detail.content)} @find-close=${onFindClose}></fapi-find>` : nothing}
    <fapi-file-tree ?hidden=${layout.isFindOpen} .paths=${snapshot.files.map(({ path }) => path)} .active=${open.active} .dirty=${snapshot.dirtyPaths} .marks=${marks} .said=${acts.notice.said} .saidGoes=${acts.notice.goes} .canUndo=${acts.canUndo} .people=${peopleByFile(snapshot.people, strings)} ?readonly=${isReadOnly} @file-act=${({ detail }: CustomEvent<FileTreeAct>) => onFileAct(detail)}></fapi-file-tree>
    ${isReadOnly ? nothing : draftSize(snapshot.files, draftBytes, strings, locale)}
    ${layout.isFindOpen ? nothing : routeOutline({
      dryImport: snapshot.dryImport, isBroken: marks.size > 0, isOpen: layout.areRoutesOpen, isReadOnly, strings, locale, arePlacesKnown: handlers.areHere, placeOf: (method, path) => handlers.find(snapshot.files, method, path),
      onToggle: () => onLayout({ areRoutesOpen: !layout.areRoutesOpen }),
      onJump: (method, path) => {
        const place = handlers.find(store?.snapshot.files ?? snapshot.files, method, path);
        if (place) onOpen(place.file, place.line);
      },
      mayConvert: () => handlers.count(snapshot.files, 'main.py') > 1, onConvert,
    })}
    ${layout.isFindOpen || isFirst || !snapshot.app ? nothing : since(snapshot.app, { now, strings, locale })}`;
}

/** When what is here was saved and went live, and by whom. */
function since(app: App, options: SinceOptions): TemplateResult {
  return html`<div class="since" part="since"><p>${savedSince(app, options)}</p>${app.live ? html`<p>${deployedSince(app.live, options)}</p>` : nothing}</div>`;
}

/** What stands in the place of the code. */
function noFile({ snapshot, isReadOnly, strings, onAddFile }: BodyOptions): TemplateResult {
  const text = snapshot.files.length === 0 ? strings.noFiles : isReadOnly ? strings.noFileTextReadOnly : strings.noFileText;
  return notice(strings.noFileTitle, text, isReadOnly ? nothing : html`<button type="button" data-add-file @click=${onAddFile}>${icons.addFile}${strings.addFile}</button>`);
}

function code(options: BodyOptions): TemplateResult {
  const { snapshot, store, layout, open, language, isReadOnly, strings, locale, onLayout, onOpen, onClose, onFix, mendsOf, onTest } = options;
  const library = open.active !== undefined && isLibraryPath(open.active) ? language.libraryText(open.active) : undefined;
  const file = library === undefined ? snapshot.files.find(({ path }) => path === open.active) : { path: open.active!, content: library, encoding: undefined };
  // They say what happened inside: who uses the editor hears of the app.
  const onInput = (event: FapiEvent<'fapi-input'>): void => {
    event.stopPropagation();
    store?.edit(event.detail.path, event.detail.value);
  };
  const onCodeFix = (event: FapiEvent<'fapi-fix'>): void => {
    event.stopPropagation();
    onFix(event.detail.fix);
  };
  return html`
    ${tabs({ open: open.paths, active: open.active, dirty: snapshot.dirtyPaths, people: peopleByFile(snapshot.people, strings), strings, onOpen, onClose })}
    ${library === undefined ? nothing : html`<p class="library" part="library">${icons.library}<span>${strings.libraryBar(libraryName(open.active!))}</span></p>`}
    <div class="text">${file?.encoding ? binaryNote(file, strings, locale) : nothing}${file
      ? html`<fapi-code ?hidden=${file.encoding !== undefined} .path=${file.path} .value=${file.encoding ? '' : file.content} .findings=${snapshot.findings} .areFindingsStale=${!snapshot.areFindingsCurrent} .intelligence=${language.intelligence} ?readonly=${isReadOnly || library !== undefined || file.encoding !== undefined} @fapi-input=${onInput} @fapi-fix=${onCodeFix}></fapi-code>`
      : noFile(options)}</div>
    ${language.referenceList({ strings, locale, onJump: ({ path, line, column }) => onOpen(path, line, column), onClose: () => language.closeReferences() })}
    ${problems({
      snapshot, language: language.state, isOpen: layout.areProblemsOpen, isReadOnly, strings, locale, onToggle: () => onLayout({ areProblemsOpen: !layout.areProblemsOpen }),
      onJump: (finding) => onOpen(finding.file, finding.start.line, finding.start.column), onFix, mendsOf, onTest, onCancelTest: () => store?.cancelTest(),
    })}`;
}
