/** Tabs after the ARIA pattern: one stop for Tab, arrow keys between them. Answers what chooses one by its panel's id. */
export function makeTabs(list: HTMLElement): (panelId: string) => void {
  const tabs = [...list.querySelectorAll<HTMLElement>('[role=tab]')];
  const choose = (chosen: HTMLElement): void => {
    for (const tab of tabs) {
      tab.setAttribute('aria-selected', String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      document.getElementById(tab.getAttribute('aria-controls')!)!.hidden = tab !== chosen;
    }
  };
  for (const tab of tabs) tab.addEventListener('click', () => choose(tab));
  list.addEventListener('keydown', (event) => {
    const at = tabs.indexOf(event.target as HTMLElement);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const tab = tabs.at(next % tabs.length)!;
    tab.focus();
    choose(tab);
  });
  choose(tabs[0]!);
  return (panelId) => choose(tabs.find((tab) => tab.getAttribute('aria-controls') === panelId)!);
}
