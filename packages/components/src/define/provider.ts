import { attachContextRoot } from '../contexts.ts';
import { FapiProvider } from '../elements/provider/provider.ts';
import { define } from '../registry.ts';

attachContextRoot();
define('fapi-provider', FapiProvider);
