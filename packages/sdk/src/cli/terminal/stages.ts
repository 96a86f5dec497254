import type { Deployment, StageNote } from '../../contract/deployments.ts';
import { isSettled } from '../../settled.ts';
import type { Output } from './output.ts';
import { toDuration } from './words.ts';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 80;
const notes: Record<StageNote, string> = { cold_start: 'no runner was free: a new one was started' };

/** Shows a deployment while it happens: a line per stage with its time, and on a terminal what goes on now. Call `close` in any case. */
export function createStages(output: Output): { show(deployment: Deployment): void; close(): void } {
  const told = new Set<string>();
  let now: { name: string; since: number } | undefined;
  let frame = 0;
  const draw = (): void => output.draw(now ? `${output.style('cyan', frames[(frame += 1) % frames.length]!)} ${now.name} ${output.style('dim', toDuration(performance.now() - now.since))}` : '');
  const timer = output.isLive ? setInterval(draw, frameMs) : undefined;
  timer?.unref();
  return {
    show(deployment) {
      output.event({ type: 'deployment', deployment });
      const isBroken = deployment.status !== 'live' && isSettled(deployment);
      deployment.stages.forEach(({ name, startedAt, endedAt, durationMs, note }, index) => {
        const isLast = isBroken && index === deployment.stages.length - 1;
        if (name === 'live' || told.has(name) || (endedAt === undefined && !isLast)) return;
        told.add(name);
        const ms = durationMs ?? (endedAt === undefined ? undefined : Date.parse(endedAt) - Date.parse(startedAt));
        output.note(`${isLast ? output.style('red', '✗') : output.style('green', '✓')} ${name.padEnd(10)} ${ms === undefined ? '' : output.style('dim', toDuration(Math.max(0, ms)).padStart(8))}${note === undefined ? '' : `  ${output.style('dim', notes[note])}`}`.trimEnd());
      });
      const going = deployment.stages.findLast(({ endedAt }) => endedAt === undefined);
      if (isSettled(deployment) || !going) now = undefined;
      else if (now?.name !== going.name) now = { name: going.name, since: performance.now() };
      draw();
    },
    close() {
      clearInterval(timer);
      output.draw('');
    },
  };
}
