import { DomainError } from '../errors.ts';
import { isLimited, type Principal } from './principal.ts';

const tidy = (labels: readonly string[]): string[] => [...new Set(labels)].toSorted();

/** The labels of a new app: those that its maker is limited to, else those that were asked for. Throws `forbidden` for labels that would show the app to others than the maker's own. */
export function chooseLabels({ apps, labels: own }: Pick<Principal, 'apps' | 'labels'>, asked: readonly string[] = []): string[] {
  const foreign = own === undefined && apps === undefined ? undefined : asked.find((label) => !own?.includes(label));
  if (foreign !== undefined) throw new DomainError('forbidden', `this token makes no apps with the label ${foreign}`);
  return tidy(own ?? asked);
}

/** New labels for an app that exists. They decide who sees it: a token that sees some apps only may not change them. */
export function checkRelabel(principal: Pick<Principal, 'apps' | 'labels' | 'needsGrant'>, labels: readonly string[] | undefined): string[] | undefined {
  if (labels !== undefined && isLimited(principal)) throw new DomainError('forbidden', 'a token that is limited to some apps does not change labels');
  return labels && tidy(labels);
}
