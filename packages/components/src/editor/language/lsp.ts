/** The shapes of the Language Server Protocol that are read here; positions count lines and UTF-16 units from 0. */
export interface LspPosition { readonly line: number; readonly character: number }
export interface LspRange { readonly start: LspPosition; readonly end: LspPosition }
export interface LspEdit { readonly range: LspRange; readonly newText: string }
export interface LspLocation { readonly uri: string; readonly range: LspRange }
export interface LspLink { readonly targetUri: string; readonly targetSelectionRange: LspRange }
export interface LspWorkspaceEdit {
  readonly changes?: Readonly<Record<string, readonly LspEdit[]>>;
  readonly documentChanges?: readonly { readonly textDocument?: { readonly uri: string }; readonly edits?: readonly LspEdit[] }[];
}
export interface LspAction { readonly title: string; readonly kind?: string; readonly edit?: LspWorkspaceEdit; readonly data?: unknown; readonly disabled?: unknown }
export interface LspMarkup { readonly kind: 'markdown' | 'plaintext'; readonly value: string }
export interface LspCompletion {
  readonly label: string;
  readonly kind?: number;
  readonly detail?: string;
  readonly documentation?: string | LspMarkup;
  readonly sortText?: string;
  readonly filterText?: string;
  readonly insertText?: string;
  readonly textEdit?: { readonly range?: LspRange; readonly insert?: LspRange; readonly newText: string };
  readonly additionalTextEdits?: readonly LspEdit[];
}
export interface LspCompletionList { readonly items: readonly LspCompletion[]; readonly isIncomplete?: boolean }
export type LspHoverContents = string | LspMarkup | { readonly language: string; readonly value: string } | readonly (string | { readonly language: string; readonly value: string })[];
