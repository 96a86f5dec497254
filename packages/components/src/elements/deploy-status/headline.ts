import type { Deployment } from '@fapi/sdk/contract';
import { isWorking, liveInMs, stageRows, stageWord } from '../../app-status.ts';
import type { StatusWord } from '../../app-status.ts';
import { formatDuration } from '../../format.ts';
import type { Strings } from '../../strings.ts';

/** What a deployment does, or what became of it. */
export function headlineOf(deployment: Deployment, strings: Strings, locale: string): StatusWord {
  const { status } = deployment;
  switch (status) {
    case 'live': {
      const took = liveInMs(deployment);
      return { shape: 'live', word: took === undefined ? strings.statusLive : strings.liveIn(formatDuration(took, locale)) };
    }
    case 'failed': {
      const failed = stageRows(deployment).find((row) => row.state === 'failed');
      return { shape: 'failed', word: failed ? strings.failedIn(stageWord(failed.name, strings)) : strings.statusFailed };
    }
    case 'cancelled': case 'superseded': case 'stopped': return { shape: 'idle', word: strings[status] };
    default: return { shape: isWorking(deployment) ? 'working' : 'idle', word: strings.stageNow(stageWord(status, strings)) };
  }
}
