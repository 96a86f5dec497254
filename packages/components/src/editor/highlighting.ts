import { HighlightStyle } from '@codemirror/language';
import { tags } from '@lezer/highlight';

/** Colours of code, each a `--fapi-code-*` property of the portal's choice (defaults in code.styles.ts). */
export const codeHighlighting = HighlightStyle.define([
  { tag: [tags.keyword, tags.controlKeyword, tags.definitionKeyword, tags.moduleKeyword, tags.operatorKeyword, tags.modifier], color: 'var(--_code-keyword)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--_code-string)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--_code-number)' },
  { tag: tags.comment, color: 'var(--_code-comment)', fontStyle: 'italic' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.function(tags.definition(tags.variableName))], color: 'var(--_code-function)' },
  { tag: [tags.className, tags.definition(tags.className), tags.typeName], color: 'var(--_code-type)' },
  { tag: [tags.meta, tags.annotation], color: 'var(--_code-decorator)' },
  { tag: [tags.operator, tags.punctuation, tags.bracket], color: 'var(--_code-punctuation)' },
  { tag: tags.invalid, color: 'inherit' },
]);
