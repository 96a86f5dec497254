import './editor.ts';
import './deploy-status.ts';
import './palette.ts';
import { FapiBuilder } from '../elements/builder/builder.ts';
import { define, defineLater } from '../registry.ts';

// Panels come when they are shown first.
defineLater('fapi-history', () => import('./history.ts'));
defineLater('fapi-logs', () => import('./logs.ts'));
defineLater('fapi-metrics', () => import('./metrics.ts'));
defineLater('fapi-preview', () => import('./preview.ts'));
defineLater('fapi-settings', () => import('./settings.ts'));
defineLater('fapi-try', () => import('./try.ts'));
define('fapi-builder', FapiBuilder);

/** Tags and events for TypeScript. */
export type * from '../index.ts';
