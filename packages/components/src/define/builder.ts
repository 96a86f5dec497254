import './editor.ts';
import { FapiBuilder } from '../elements/builder/builder.ts';
import { define, defineLater } from '../registry.ts';

// What is shown beside the code, or over it, comes when it is shown first.
defineLater('fapi-deploy-status', () => import('./deploy-status.ts'));
defineLater('fapi-history', () => import('./history.ts'));
defineLater('fapi-logs', () => import('./logs.ts'));
defineLater('fapi-metrics', () => import('./metrics.ts'));
defineLater('fapi-palette', () => import('./palette.ts'));
defineLater('fapi-preview', () => import('./preview.ts'));
defineLater('fapi-settings', () => import('./settings.ts'));
defineLater('fapi-try', () => import('./try.ts'));
define('fapi-builder', FapiBuilder);

/** Tags and events for TypeScript. */
export type * from '../index.ts';
