import { describeController } from '../src/controller.suite.ts';
import { openKubernetesHouse } from './house.ts';

describeController('Kubernetes', openKubernetesHouse);
