import { apps } from './elements/apps.ts';
import { builder } from './elements/builder.ts';
import { code } from './elements/code.ts';
import { conflict } from './elements/conflict.ts';
import { convertRow } from './elements/convert.ts';
import { deployStatus } from './elements/deploy-status.ts';
import { editor } from './elements/editor.ts';
import { fileTree } from './elements/file-tree.ts';
import { find } from './elements/find.ts';
import { history } from './elements/history.ts';
import { logs } from './elements/logs.ts';
import { metrics } from './elements/metrics.ts';
import { palette } from './elements/palette.ts';
import { preview } from './elements/preview.ts';
import { provider } from './elements/provider.ts';
import { settings } from './elements/settings.ts';
import { tryIt } from './elements/try.ts';
import { isAbsent, lookStates } from './scene.ts';
import type { Row, Scene, Tag } from './scene.ts';

/** Every element in every state. A new element has no place here until each of its states has a scene, or says why it has none. */
export const table = {
  'fapi-apps': apps, 'fapi-builder': builder, 'fapi-code': code, 'fapi-conflict': conflict, 'fapi-convert': convertRow, 'fapi-deploy-status': deployStatus, 'fapi-editor': editor, 'fapi-file-tree': fileTree, 'fapi-find': find,
  'fapi-history': history, 'fapi-logs': logs, 'fapi-metrics': metrics, 'fapi-palette': palette, 'fapi-preview': preview, 'fapi-provider': provider, 'fapi-settings': settings, 'fapi-try': tryIt,
} satisfies Record<Tag, Row>;

export const tags = Object.keys(table) as Tag[];

/** The scenes of an element: the states of LOOK first. */
export function scenesOf(tag: Tag): readonly (readonly [state: string, scene: Scene])[] {
  const { states, more }: Row = table[tag];
  const wanted = lookStates.flatMap((state) => { const one = states[state]; return isAbsent(one) ? [] : [[state, one] as const]; });
  return [...wanted, ...Object.entries(more)];
}
