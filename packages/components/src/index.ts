/** Classes and types, without registering anything: `define/<element>` registers one, `define/all` all of them. */
export { FapiCode } from './elements/code/code.ts';
export { FapiDeployStatus } from './elements/deploy-status/deploy-status.ts';
export { FapiEditor } from './elements/editor/editor.ts';
export { FapiMetrics } from './elements/metrics/metrics.ts';
export { FapiProvider } from './elements/provider/provider.ts';
export type { FapiEvent, FapiEventDetails } from './events.ts';
export { registerCodePhrases, registerStrings, type Strings } from './strings.ts';
