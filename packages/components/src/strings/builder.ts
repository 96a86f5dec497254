/** What `fapi-builder` says. A part of `strings.ts`. */
export const builderEnglish = {
  builder: 'App builder',
  aboutApp: 'About the app',
  tabDeploy: 'Deploy',
  tabTry: 'Try',
  /** As they are written on a keyboard. */
  keyControl: 'Ctrl',
  keyShift: 'Shift',
  keyDelete: 'Delete',
  tabMetrics: 'Metrics',
  settings: 'Settings',
  toggleFiles: 'Show or hide the files',
  toggleSide: 'Show or hide the panel',
  palette: 'Commands',
  paletteHint: 'Commands (Ctrl+Shift+P)',
  palettePlaceholder: 'Type a command',
  goToFile: 'Go to file',
  goToFilePlaceholder: 'Type part of a path',
  showPanel: (name: string) => `Show ${name}`,
  shortcuts: 'Keyboard shortcuts',
  collapsePanel: 'Show or hide the panel beside the focused divider',
  resizeKeys: 'Resize the panel beside the focused divider',
} as const;
