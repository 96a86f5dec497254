import { describeRuntime } from '../src/runtime/runtime.suite.ts';
import { openKubernetesHouse } from './house.ts';

describeRuntime('Kubernetes', openKubernetesHouse);
