import { describeHealth } from '../src/health.suite.ts';
import { describeSettings } from '../src/settings.suite.ts';
import { openKubernetesHouse } from './house.ts';

describeSettings('Kubernetes', openKubernetesHouse);
describeHealth('Kubernetes', openKubernetesHouse);
