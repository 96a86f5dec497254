import type { StreamEvent } from '../../contract/events.ts';
import type { Attendance } from '../attendance.ts';
import type { Loader } from './loader.ts';
import type { News } from '../news.ts';
import type { Output } from '../output.ts';
import type { State } from '../state.ts';

export interface EventDeps {
  readonly state: State;
  readonly loader: Pick<Loader, 'refresh' | 'overtake'>;
  readonly news: News;
  readonly output: Pick<Output, 'take'>;
  readonly attendance: Pick<Attendance, 'page'>;
}

/** Takes in what the stream tells of one app. */
export function onEvent(event: StreamEvent, { state, loader, news, output, attendance }: EventDeps): void {
  // The others are also said in the stream's place, when it is lost.
  if ('appId' in event) state.hear();
  switch (event.type) {
    case 'ready':
    case 'reset':
      // A new stream says anew who is here, and of nobody nothing.
      if (state.snapshot.people.length > 0) state.set({ people: [] });
      void loader.refresh();
      break;
    case 'app':
      loader.overtake();
      if (state.snapshot.load === 'deleted') void loader.refresh();
      else news.takeAppEvent(event.app);
      break;
    case 'deployment':
      news.takeDeployment(event.deployment);
      break;
    case 'log':
      output.take(event.lines, event.dropped);
      break;
    case 'metrics':
      state.set({ metrics: event.metrics });
      break;
    case 'presence': {
      const self = event.people.find(({ page }) => page === attendance.page)?.subject ?? state.snapshot.self;
      state.set({ self, people: event.people.filter(({ page }) => page !== attendance.page).map((person) => ({ ...person, isOwn: person.subject === self })) });
      break;
    }
    case 'app_deleted':
      loader.overtake();
      state.set({ load: 'deleted', error: undefined, app: undefined });
      break;
    case 'expiring':
      break;
  }
}
