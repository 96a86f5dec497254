import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeErrorsPage } from '../docs/errors-page.ts';
import { makeWordsPage } from '../docs/words-page.ts';
import { root } from '../parts/paths.ts';

/** Writes the pages that are made from the contract. */
writeFileSync(join(root, 'docs/errors.md'), makeErrorsPage());
writeFileSync(join(root, 'docs/words.md'), makeWordsPage());
