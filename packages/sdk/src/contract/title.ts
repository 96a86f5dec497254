import * as z from 'zod/mini';

/** Control characters, the ends of lines and what turns the text around it (Unicode's embeddings, overrides and isolates). The marks of right-to-left texts and the joiners of emoji and scripts are fine. */
const disturbing = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const seen = /[^\p{Z}\p{Cf}]/u;

/** False for what is more than a line, changes how the text beside it reads, or cannot be seen. */
export const isReadable = (text: string): boolean => !disturbing.test(text) && seen.test(text);

/** One line that people read beside others, and that is there to be read. */
export const readable = <T extends z.ZodMiniType<string>>(text: T): T => text.check(
  z.refine((value) => !disturbing.test(value), 'it is one line, without control characters and without those that turn text around'),
  z.refine((value) => seen.test(value), 'it has no character that can be seen'),
);

/** What people call a thing of theirs. */
export const Title = readable(z.string().check(z.trim(), z.minLength(1), z.maxLength(80)));
