const add = '[data-add]';
const actOf = (row: Element | null | undefined, act: string): string[] => (row instanceof HTMLElement && row.dataset['key'] !== undefined ? [`[data-key="${CSS.escape(row.dataset['key'])}"] ${act}`] : []);

/** After the question whether a variable goes: the variable, where it has stayed, or its neighbour; after the last of them, what adds one. */
export function heirsOfQuestion(focused: HTMLElement): string[] {
  const row = focused.closest('li');
  return [...[row, row?.nextElementSibling, row?.previousElementSibling].flatMap((one) => actOf(one, '[data-remove]')), add];
}

/** After a form: what has opened it. */
export function heirsOfForm(focused: HTMLElement): string[] {
  const form = focused.closest('form');
  return [...actOf(form, '[data-replace]'), ...(form?.querySelector('[name=pasted], .pasted') ? ['[data-paste]'] : []), add];
}
