import { FapiDeployStatus } from '../elements/deploy-status/deploy-status.ts';
import { define } from '../registry.ts';

define('fapi-deploy-status', FapiDeployStatus);
