/** What is asked before an app is cloned. A part of `strings.ts`. */
export const cloneEnglish = {
  cloneName: (name: string) => `Copy of ${name}`,
  cloneFrom: 'From',
  cloneVariables: 'Variables',
  cloneNone: 'None',
  cloneKeys: 'Names only',
  cloneValues: 'With values',
  cloneDeploy: 'Deploy right away',
} as const;
