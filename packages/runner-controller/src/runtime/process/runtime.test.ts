import { openProcessHouse } from '../../test-parts/process-house.ts';
import { describeRuntime } from '../runtime.suite.ts';

describeRuntime('local processes', openProcessHouse);
