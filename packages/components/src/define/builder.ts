import '../lit-check.ts';
import './editor.ts';
import { FapiBuilder } from '../elements/builder/builder.ts';
import { define, defineLater } from '../registry.ts';

// What is shown beside the code, or over it, comes when it is shown first.
defineLater('fapi-deploy-status', () => import('../later/deploy-status.ts'));
defineLater('fapi-history', () => import('../later/history.ts'));
defineLater('fapi-logs', () => import('../later/logs.ts'));
defineLater('fapi-metrics', () => import('../later/metrics.ts'));
defineLater('fapi-palette', () => import('../later/palette.ts'));
defineLater('fapi-preview', () => import('../later/preview.ts'));
defineLater('fapi-settings', () => import('../later/settings.ts'));
defineLater('fapi-try', () => import('../later/try.ts'));
define('fapi-builder', FapiBuilder);

/** Tags and events for TypeScript. */
export type * from '../index.ts';
