import * as catalogues from './catalogues.ts';
import { appsEnglish } from './strings/apps.ts';
import { builderEnglish } from './strings/builder.ts';
import { changesEnglish } from './strings/changes.ts';
import { cloneEnglish } from './strings/clone.ts';
import { codeEnglish } from './strings/code.ts';
import { commonEnglish } from './strings/common.ts';
import { conflictEnglish } from './strings/conflict.ts';
import { convertEnglish } from './strings/convert.ts';
import { deploymentEnglish } from './strings/deployment.ts';
import { editorEnglish } from './strings/editor.ts';
import { entryEnglish } from './strings/entry.ts';
import { errorEnglish } from './strings/errors.ts';
import { expressionEnglish } from './strings/expression.ts';
import { fileTreeEnglish } from './strings/file-tree.ts';
import { filesEnglish } from './strings/files.ts';
import { findEnglish } from './strings/find.ts';
import { findingEnglish } from './strings/findings.ts';
import { historyEnglish } from './strings/history.ts';
import { importEnglish } from './strings/import.ts';
import { importsEnglish } from './strings/imports.ts';
import { languageEnglish } from './strings/language.ts';
import { logsEnglish } from './strings/logs.ts';
import { metricsEnglish } from './strings/metrics.ts';
import { peopleEnglish } from './strings/people.ts';
import { previewEnglish } from './strings/preview.ts';
import { searchEnglish } from './strings/search.ts';
import { settingsEnglish } from './strings/settings.ts';
import { statusEnglish } from './strings/status.ts';
import { tryEnglish } from './strings/try.ts';

/** Every word the elements say, in one place. A translation is the same table with other words. */
export const english = {
  ...commonEnglish,
  ...codeEnglish,
  ...statusEnglish,
  ...errorEnglish,
  ...findingEnglish,
  ...cloneEnglish,
  ...editorEnglish,
  ...languageEnglish,
  ...fileTreeEnglish,
  ...findEnglish,
  ...expressionEnglish,
  ...conflictEnglish,
  ...deploymentEnglish,
  ...changesEnglish,
  ...historyEnglish,
  ...appsEnglish,
  ...builderEnglish,
  ...searchEnglish,
  ...settingsEnglish,
  ...metricsEnglish,
  ...peopleEnglish,
  ...previewEnglish,
  ...tryEnglish,
  ...convertEnglish,
  ...filesEnglish,
  ...entryEnglish,
  ...importEnglish,
  ...importsEnglish,
  ...logsEnglish,
} as const satisfies Record<string, string | ((...words: never[]) => string)>;

/** The same words in another language. */
export type Translation<T> = { readonly [K in keyof T]: T[K] extends string ? string : T[K] };
/** What a catalogue for another locale has to say. */
export type Strings = Translation<typeof english>;

/** All words for a locale: exact, then its language, then English. */
export const stringsFor = (locale: string): Strings => ({ ...english, ...catalogues.stringsFor(locale) });
