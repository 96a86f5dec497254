import { describeSettings } from '../../settings.suite.ts';
import { openProcessHouse } from '../../test-parts/process-house.ts';

describeSettings('local processes', openProcessHouse);
