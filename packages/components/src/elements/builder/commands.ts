import type { Strings } from '../../strings.ts';
import type { FapiEditor } from '../editor/editor.ts';
import type { PaletteEntry } from './palette.ts';
import { keysOf, namedKeys } from './shortcuts.ts';

export interface CommandsOptions {
  readonly editor: FapiEditor | null;
  /** By their names in the reader's language. */
  readonly panels: readonly PaletteEntry[];
  readonly isReadOnly: boolean;
  readonly strings: Strings;
  readonly onFile: () => void;
  readonly onKeys: () => void;
}

/** Everything that the palette can do. */
export function commandsOf({ editor, panels, isReadOnly, strings, onFile, onKeys }: CommandsOptions): readonly PaletteEntry[] {
  if (!editor) return [];
  const { areFilesShown, isSideShown } = editor.arrangement;
  const commands: readonly PaletteEntry[] = [
    ...(isReadOnly ? [] : [
      { word: strings.deploy, keys: keysOf.deploy, run: () => void editor.deploy() },
      { word: strings.saveDraft, keys: keysOf.save, run: () => void editor.save() },
      { word: strings.runTests, run: () => void editor.test() },
      { word: strings.convertFiles, run: () => void editor.convertToMultiFile() },
      { word: strings.formatDocument, keys: keysOf.format, run: () => void editor.runLanguage('format') },
      { word: strings.suggestFixes, keys: keysOf.fixes, run: () => void editor.runLanguage('actions') },
      { word: strings.renameSymbol, keys: keysOf.rename, run: () => void editor.runLanguage('rename') },
      { word: strings.showHover, keys: keysOf.hover, run: () => void editor.runLanguage('hover') },
      { word: strings.goToDefinition, keys: keysOf.definition, run: () => void editor.runLanguage('definition') },
      { word: strings.findReferences, keys: keysOf.references, run: () => void editor.runLanguage('references') },
      { word: strings.pickFiles, run: () => void editor.importFiles('files') },
      { word: strings.pickFolder, run: () => void editor.importFiles('folder') },
      { word: strings.importZip, run: () => void editor.importFiles('zip') },
    ]),
    { word: strings.exportZip, run: () => void editor.exportZip() },
    { word: strings.goToFile, keys: keysOf.file, run: onFile },
    { word: strings.findInProject, keys: keysOf.find, run: () => void editor.findInProject() },
    ...panels.map(({ word, run }) => ({ word: strings.showPanel(word), run })),
    { word: strings.toggleFiles, run: () => editor.arrange({ areFilesShown: !areFilesShown }) },
    { word: strings.toggleSide, run: () => editor.arrange({ isSideShown: !isSideShown }) },
    { word: strings.shortcuts, keys: keysOf.list, run: onKeys },
  ];
  return commands.map((command) => (command.keys === undefined ? command : { ...command, keys: namedKeys(command.keys, strings) }));
}
