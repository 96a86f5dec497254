import './german.ts';
import './provider.ts';
import './code.ts';
import './apps.ts';
import './builder.ts';
import './editor.ts';
import './deploy-status.ts';
import './metrics.ts';
import './logs.ts';
import './history.ts';
import './settings.ts';
import './preview.ts';
import './try.ts';

/** Tags and events for TypeScript. */
export type * from '../index.ts';
