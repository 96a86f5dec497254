import type { AppFile } from '@fapi/sdk/contract';
import type { TemplateResult } from 'lit';
import { formatBytes } from '../../format.ts';
import { notice } from '../../parts/notice.ts';
import type { Strings } from '../../strings.ts';

/** In the place of the code of a file that is no text. */
export function binaryNote({ content }: AppFile, strings: Strings, locale: string): TemplateResult {
  const bytes = (content.length / 4) * 3 - (content.endsWith('==') ? 2 : content.endsWith('=') ? 1 : 0);
  return notice(strings.binaryTitle, strings.binaryText(formatBytes(bytes, locale)));
}
