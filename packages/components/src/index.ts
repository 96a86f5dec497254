/** The classes without registering anything; import `@fapi/components/define/<element>` to register. */
export { FapiCode } from './elements/code/code.ts';
export { FapiDeployStatus } from './elements/deploy-status/deploy-status.ts';
export { FapiEditor } from './elements/editor/editor.ts';
export { FapiFileTree } from './elements/file-tree/file-tree.ts';
export type { FileTreeAct } from './elements/file-tree/file-tree.ts';
export { FapiHistory } from './elements/history/history.ts';
export { FapiLogs } from './elements/logs/logs.ts';
export { FapiMetrics } from './elements/metrics/metrics.ts';
export { FapiProvider } from './elements/provider/provider.ts';
export { FapiSettings } from './elements/settings/settings.ts';
export { FapiTry } from './elements/try/try.ts';
export { appWords } from './app-words.ts';
export type { AppWords, AppWordsOptions } from './app-words.ts';
export type { StatusShape, StatusWord } from './app-status.ts';
export { clientContext, localeContext } from './contexts.ts';
export type { FapiEvent, FapiEventDetails } from './events.ts';
export { english, registerCodePhrases, registerStrings, stringsFor } from './strings.ts';
export type { Strings } from './strings.ts';
