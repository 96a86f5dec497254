import { describeController } from '../../controller.suite.ts';
import { openProcessHouse } from '../../test-parts/process-house.ts';

describeController('local processes', openProcessHouse);
