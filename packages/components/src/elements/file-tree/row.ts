import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import * as icons from '../../icons.ts';
import { fileMark } from '../../parts/file-mark.ts';
import type { Strings } from '../../strings.ts';
import type { TreeRow } from './tree-rows.ts';

export interface RowOptions {
  readonly row: TreeRow;
  /** The one that Tab goes to. */
  readonly isCurrent: boolean;
  readonly isActive: boolean;
  readonly isDirty: boolean;
  readonly isMarked: boolean;
  /** Who else looks at it, in words. */
  readonly people: string | undefined;
  readonly isCut: boolean;
  /** What is dragged would go into it. */
  readonly isOver: boolean;
  readonly isReadOnly: boolean;
  /** In the place of its name the field for another one. */
  readonly field: TemplateResult | undefined;
  readonly strings: Strings;
}

/** One line; what happens to it is heard by the tree around it. */
export function rowOf({ row, isCurrent, isActive, isDirty, isMarked, people, isCut, isOver, isReadOnly, field, strings }: RowOptions): TemplateResult {
  return html`
    <li role="treeitem" part="tree-item" class=${row.kind} tabindex=${isCurrent ? 0 : -1} data-path=${row.path} aria-level=${row.level} aria-posinset=${row.place} aria-setsize=${row.siblings} aria-selected=${isActive}
      aria-expanded=${row.kind === 'folder' ? String(row.isOpen) : nothing} ?data-cut=${isCut} ?data-over=${isOver} ?data-asked=${field} draggable=${isReadOnly || field ? nothing : 'true'} .style=${`--_level: ${row.level}`} title=${row.path}>
      <span class="twist">${row.kind === 'folder' ? icons.chevron : nothing}</span>
      ${field ?? html`
        <span class="truncate">${row.name}</span>
        ${fileMark(people)}
        ${isMarked ? html`<svg class="mark" viewBox="0 0 12 12" role="img" aria-label=${strings.problems}><path d="M6 1.2 11.4 10.8H.6Z" fill="currentColor"/></svg>` : nothing}
        ${isDirty ? html`<span class="dot" title=${strings.unsaved}><span class="visually-hidden">${strings.unsaved}</span></span>` : nothing}`}
    </li>`;
}
