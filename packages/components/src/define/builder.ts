import './editor.ts';
import './deploy-status.ts';
import './logs.ts';
import './metrics.ts';
import './history.ts';
import './settings.ts';
import './palette.ts';
import { FapiBuilder } from '../elements/builder/builder.ts';
import { define } from '../registry.ts';

define('fapi-builder', FapiBuilder);

/** Tags and events for TypeScript. */
export type * from '../index.ts';
