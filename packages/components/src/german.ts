import { registerCodePhrasesLater } from './code-phrases.ts';
import { appsGerman } from './german/apps.ts';
import { builderGerman } from './german/builder.ts';
import { changesGerman } from './german/changes.ts';
import { cloneGerman } from './german/clone.ts';
import { codeGerman } from './german/code.ts';
import { commonGerman } from './german/common.ts';
import { conflictGerman } from './german/conflict.ts';
import { convertGerman } from './german/convert.ts';
import { deploymentGerman } from './german/deployment.ts';
import { editorGerman } from './german/editor.ts';
import { entryGerman } from './german/entry.ts';
import { errorGerman } from './german/errors.ts';
import { expressionGerman } from './german/expression.ts';
import { fileTreeGerman } from './german/file-tree.ts';
import { filesGerman } from './german/files.ts';
import { findGerman } from './german/find.ts';
import { findingGerman } from './german/findings.ts';
import { historyGerman } from './german/history.ts';
import { importGerman } from './german/import.ts';
import { importsGerman } from './german/imports.ts';
import { languageGerman } from './german/language.ts';
import { logsGerman } from './german/logs.ts';
import { metricsGerman } from './german/metrics.ts';
import { peopleGerman } from './german/people.ts';
import { previewGerman } from './german/preview.ts';
import { searchGerman } from './german/search.ts';
import { settingsGerman } from './german/settings.ts';
import { statusGerman } from './german/status.ts';
import { tryGerman } from './german/try.ts';
import type { Strings } from './strings.ts';

registerCodePhrasesLater('de', async () => (await import('./german/code-phrases.ts')).codePhrases);

/** Every word of the elements in German, in the parts of `strings.ts`. */
export const german: Strings = {
  ...appsGerman,
  ...builderGerman,
  ...changesGerman,
  ...cloneGerman,
  ...codeGerman,
  ...commonGerman,
  ...conflictGerman,
  ...convertGerman,
  ...deploymentGerman,
  ...editorGerman,
  ...entryGerman,
  ...errorGerman,
  ...fileTreeGerman,
  ...filesGerman,
  ...findGerman,
  ...expressionGerman,
  ...findingGerman,
  ...historyGerman,
  ...importGerman,
  ...importsGerman,
  ...languageGerman,
  ...logsGerman,
  ...metricsGerman,
  ...peopleGerman,
  ...previewGerman,
  ...searchGerman,
  ...settingsGerman,
  ...statusGerman,
  ...tryGerman,
};
