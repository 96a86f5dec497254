import { describeHealth } from '../../health.suite.ts';
import { openProcessHouse } from '../../test-parts/process-house.ts';

describeHealth('local processes', openProcessHouse);
