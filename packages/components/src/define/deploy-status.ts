import { attachContextRoot } from '../contexts.ts';
import { FapiDeployStatus } from '../elements/deploy-status/deploy-status.ts';
import { define } from '../registry.ts';

attachContextRoot();
define('fapi-deploy-status', FapiDeployStatus);
